"""What a person can do with their messages; the pages call this and nothing below it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from clients.dashboard.messages import choices, store
from clients.dashboard.messages.choices import Choice
from clients.dashboard.messages.models import Message
from clients.dashboard.messages.posting import folded
from clients.dashboard.messages.store import MOST_COUNTED, Sender, Wanted

ON_A_PAGE = 25
_MOST_WORDS = 8
ACTIONS = {
    "read": {"unread": False},
    "unread": {"unread": True},
    "archive": {"archived": True},
    "restore": {"archived": False},
}

__all__ = [
    "ACTIONS",
    "MOST_COUNTED",
    "ON_A_PAGE",
    "Choice",
    "Inbox",
    "NotFoundError",
    "Page",
    "Sender",
    "Wanted",
    "words_of",
]


class NotFoundError(Exception):
    """The person has no such message, or it has expired."""


class Page(NamedTuple):
    """Some of the messages; `older` is where the next page goes on, empty on the last."""

    messages: Sequence[Message]
    older: str


class Inbox:
    """The use cases. `clock` returns seconds since the epoch; `sub` is whose messages they are."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def senders(self, sub: str) -> list[Sender]:
        """Return the services that have written, with what is unread of each."""
        return store.list_senders(sub, self._clock())

    def page(self, sub: str, wanted: Wanted, *, before: str = "", most: int = ON_A_PAGE) -> Page:
        """Return up to `most` of the wanted messages, newest first; those older than the message `before`."""
        before = before if before.isprintable() else ""
        found = store.list_messages(sub, wanted, self._clock(), before=before, most=most + 1)
        return Page(found[:most], found[most - 1].id if len(found) > most else "")

    def open(self, sub: str, message_id: str) -> Message:
        """Return one, which is read from then on; raises NotFoundError."""
        message = store.find_message(sub, message_id, self._clock()) if message_id.isprintable() else None
        if message is None:
            raise NotFoundError
        if message.unread:
            store.change_messages(sub, [message_id], unread=False)
        return message

    def change(self, sub: str, message_ids: Sequence[str], action: str) -> int:
        """Do one of ACTIONS to some of the person's messages; return how many there were. Twice is once."""
        named = [one for one in message_ids if one.isprintable()][: ON_A_PAGE * 4]
        return store.change_messages(sub, named, **ACTIONS[action]) if named else 0

    def read_all(self, sub: str, wanted: Wanted) -> int:
        """Mark all that are wanted as read; return how many were not."""
        return store.read_all(sub, replace(wanted, unread=True), self._clock())

    def of_new_services(self, sub: str) -> Choice:
        """Return what the person chose about services that haven't written yet."""
        return choices.of_new_services(sub)

    def choose(self, sub: str, new: Choice, services: Mapping[str, Choice]) -> None:
        """Keep what a person chose, about each service and about new ones; raises NotFoundError, and then nothing is kept."""
        if not all(service.isprintable() for service in services) or not choices.save(sub, new, services):
            raise NotFoundError


def words_of(query: str) -> tuple[str, ...]:
    """Return what is searched for; each word has to be there."""
    return tuple(folded(query if query.isprintable() else "").split()[:_MOST_WORDS])
