"""Tells people of messages, as they chose: takes what is due from `notices` and hands it to the provider's relay, again and again, for five days.

What is about security has a thread of its own, and waits for no other notices. Any number of processes may do it: each claims what it sends for a while. Whoever dies after sending leaves a notice that is sent once more,
and the provider knows it by its id. What it says and to whom, it never logs.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from flask import Flask

from clients.dashboard.messages import notices
from clients.dashboard.messages.models import Message
from clients.dashboard.messages.notices import Claimed
from clients.sso import background
from clients.sso.parts import parts
from config import backoff

if TYPE_CHECKING:
    from clients.dashboard.messages.relay import Relay

_log = logging.getLogger(__name__)

_BATCH = 100
_LEASE = 30
"""Longer than a call takes. If one takes longer all the same, what is sent twice counts once."""
_FIRST_DELAY = 2
_LONGEST_DELAY = 15 * 60
_GIVE_UP = 5 * 24 * 3600
"""RFC 5321 section 4.5.4.1: mail is tried for four to five days; well within the time for which the provider remembers what it was sent."""


def _service_of(notice: tuple[Claimed, Message]) -> str:
    _claimed, message = notice
    return message.service


class Delivery:
    """Drains the queue. `app` lends its database; `make_relay` is called when there is something to send for the first time."""

    def __init__(self, app: Flask, make_relay: "Callable[[], Relay] | None" = None) -> None:
        self._app = app
        self._make_relay = make_relay or self._provider_relay
        self._relay: Relay | None = None

    def start(self) -> None:
        """Do it in the background for as long as the program runs."""
        for security in (True, False):
            background.begin(partial(self.run_once, security=security), f"delivery{' of security' if security else ''}")

    def run_once(self, *, security: bool) -> int:
        """Deliver what is due, up to a hundred, about security or all the others; return how many were taken in hand."""
        with self._app.app_context():
            now = int(parts().clock())
            claimed = notices.claim(now, security=security, until=now + _LEASE, most=_BATCH)
            if claimed:
                self._deliver(claimed, now)
            return len(claimed)

    def _deliver(self, claimed: Sequence[Claimed], now: int) -> None:
        from clients.dashboard.messages.relay import LaterError  # noqa: PLC0415 - see `_provider_relay`

        messages = notices.messages_of(claimed, now)
        worth = [(one, messages[one.message_id]) for one in claimed if one.message_id in messages]
        notices.finish(one for one in claimed if one.message_id not in messages)
        self._relay = self._relay or self._make_relay()
        # Service by service: one that has sent too much keeps no other one's waiting.
        away: LaterError | None = None
        for _service, group in groupby(sorted(worth, key=_service_of), _service_of):
            some = list(group)
            mine = [one for one, _message in some]
            try:
                if away:
                    raise away
                refused = self._relay.send(some)
            except LaterError as error:
                # Whoever says when to come back says it of this service; of one that doesn't answer the next call would not be answered either.
                away = None if error.seconds else error
                self._put_back(mine, now, error.seconds)
                _log.warning("%s notices were not taken: %s", len(mine), error)
                continue
            if refused:
                _log.error("%s notices were refused and are given up: %s", len(refused), sorted(refused))
            notices.finish(mine)

    def _put_back(self, claimed: Sequence[Claimed], now: int, least: int) -> None:
        by_attempts = attrgetter("attempts")
        for attempts, some in groupby(sorted(claimed, key=by_attempts), by_attempts):
            delay = backoff.delay(attempts, first=_FIRST_DELAY, longest=_LONGEST_DELAY, least=least)
            notices.put_back(list(some), now + delay, give_up=now - _GIVE_UP)

    def _provider_relay(self) -> "Relay":
        # `requests` and Authlib take a third of the time to start, and nothing needs them before there is something to send.
        from clients.dashboard.messages.relay import Relay  # noqa: PLC0415

        return Relay(parts().provider, parts().settings, parts().clock)
