"""Hands notices to the provider, which knows where people are reached (`POST /api/notices` there). A person is only a `sub` here.

A notice holds what the message is about and where it is read, never what it says.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from clients.dashboard.messages.models import Message
from clients.dashboard.messages.notices import Claimed
from clients.sso.outcomes import ProviderUnavailableError, RefusedError
from config.settings import RelyingPartySettings

if TYPE_CHECKING:
    from clients.sso.provider import Provider

SCOPE = "notices:write notices:relay"
"""It writes for other services: the provider knows them by their `client_id`, what they are called, and which of them may write about security."""
_TIMEOUT_SECONDS = 10
_LEAST_SECONDS = 30
_LONGEST_SUBJECT = 200
_ENTRY = re.compile(r"notices\.(\d+)\.")
# Characters that turn the direction of what follows: in a mail's subject they could make it read as something else.
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class LaterError(Exception):
    """Nothing was taken; `seconds`: not before."""

    def __init__(self, why: str, seconds: int = 0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Relay:
    """The provider's API. `clock` returns seconds since the epoch."""

    def __init__(self, provider: "Provider", settings: RelyingPartySettings, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._issuer = settings.issuer
        self._base = settings.base_url
        self._clock = clock
        self._lock = threading.Lock()
        self._token, self._token_ends = "", 0.0

    def send(self, notices: Sequence[tuple[Claimed, Message]]) -> set[str]:
        """Hand notices over, at most a hundred; return the ids of those that the provider will never take. Raises LaterError.

        The message's id makes a notice that is sent again the same one. If any won't do, the provider takes none.
        """
        refused: set[str] = set()
        left = list(notices)
        while left:
            wrong = self._post([self._notice(claimed, message) for claimed, message in left])
            refused |= {left[at][0].message_id for at in wrong}
            if not wrong:
                break
            left = [one for at, one in enumerate(left) if at not in wrong]
        return refused

    def _post(self, notices: list[dict[str, Any]]) -> set[int]:
        """Return which of them are wrong; none: all were taken."""
        inbox = f"{self._base}/messages"
        try:
            answer = requests.post(
                f"{self._issuer}/api/notices",
                json={"notices": notices, "inbox": inbox, "settings": f"{inbox}/services"},
                headers={"Authorization": f"Bearer {self._access_token()}"},
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ProviderUnavailableError, RefusedError) as error:
            raise LaterError(type(error).__name__) from error
        if answer.status_code == HTTPStatus.ACCEPTED:
            return set()
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and (wrong := _wrong(answer)):
            return wrong
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._token_ends = 0.0
        wait = answer.headers.get("Retry-After", "")
        raise LaterError(f"the provider answered {answer.status_code}", int(wait) if wait.isdecimal() else 0)

    def _access_token(self) -> str:
        with self._lock:
            if self._clock() >= self._token_ends:
                token = self._provider.own_token(resource=self._issuer, scope=SCOPE)
                self._token = token.access_token
                self._token_ends = self._clock() + token.expires_in - _LEAST_SECONDS
            return self._token

    def _notice(self, claimed: Claimed, message: Message) -> dict[str, Any]:
        channels = [name for name, wanted in (("email", claimed.email), ("push", claimed.push)) if wanted]
        return {
            "id": message.id,
            "sub": message.sub,
            "service": message.service,
            "subject": plain(message.subject, _LONGEST_SUBJECT),
            "link": f"{self._base}/messages/{message.id}",
            "channels": channels,
            "category": "security" if message.security else "message",
        }


def plain(text: str, longest: int) -> str:
    """Return a text as one line that reads the same everywhere: without characters that aren't seen or turn others round."""
    seen = (
        " " if unicodedata.category(one) in _UNSEEN else one for one in text.replace("<", "‹") if one not in _TURNING
    )
    return " ".join("".join(seen).split())[:longest].strip() or "…"


def _wrong(answer: requests.Response) -> set[int]:
    try:
        errors: Mapping[str, str] = answer.json()["errors"]
        return {int(match[1]) for field in errors if (match := _ENTRY.match(field))}
    except (ValueError, KeyError, TypeError):
        return set()
