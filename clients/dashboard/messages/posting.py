"""How messages come in: what a service posts is stored as a whole or not at all, and once, however often it is sent."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Any

from clients.dashboard.messages import safe_html, store
from clients.dashboard.messages.models import MessagePosting
from clients.dashboard.messages.wire import NewMessage
from clients.sso.crypto import digest
from config.parsing import is_visible, normalize

MOST_A_MINUTE = 10_000
"""Messages of one service."""
REMEMBERED_SECONDS = 7 * 24 * 3600
"""How long a repeated call is known to be one."""
LONGEST_SEARCHED = 200_000
"""Characters of a message that are found again."""
_PREVIEW = 160


class UnacceptableError(Exception):
    """Some messages can't be stored; `errors` says which and why: number of the message, field, sentence."""

    def __init__(self, errors: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class OtherContentError(Exception):
    """The same idempotency key came with something else before."""


class TooManyError(Exception):
    """The service has posted as much as it may in a minute."""


class Posting:
    """The use case. `clock` returns seconds since the epoch; `security_senders` may send notices about security."""

    def __init__(self, clock: Callable[[], int], security_senders: Collection[str] = ()) -> None:
        self._clock = clock
        self._security_senders = security_senders

    def post(self, service: str, messages: Sequence[NewMessage], *, key: str, sent: bytes) -> list[str]:
        """Return the messages' ids, in their order; the same ones when `key` and `sent` came before.

        Raises UnacceptableError, OtherContentError, TooManyError: then nothing was stored.
        """
        now = self._clock()
        fingerprint = hashlib.sha256(sent).hexdigest()
        key_hash = digest(key or secrets.token_urlsafe(24))
        made = store.find_posting(service, key_hash)
        if made is None:
            rows = _rows(messages, service, now, may_warn=service in self._security_senders)
            posting = MessagePosting(
                service=service,
                key_hash=key_hash,
                fingerprint=fingerprint,
                ids=" ".join(row["id"] for row in rows),
                messages=len(rows),
                created_at=now,
            )
            told = frozenset(row["id"] for row, message in zip(rows, messages, strict=True) if message.notified)
            made = store.post_once(posting, rows, told=told, most=MOST_A_MINUTE, since=now - 60)
            store.forget(expired_at=now, postings_before=now - REMEMBERED_SECONDS)
        if made is None:
            raise TooManyError
        if made.fingerprint != fingerprint:
            raise OtherContentError
        return made.ids.split()


def folded(text: str) -> str:
    """Return a text as it is searched: without difference of case or of form."""
    return normalize("NFKC", text, limit=LONGEST_SEARCHED).casefold()


def _beginning(text: str) -> str:
    """Return how a text begins, up to a whole word."""
    if len(text) <= _PREVIEW:
        return text
    cut = text[:_PREVIEW]
    return f"{cut.rpartition(' ')[0] or cut} …"


def _rows(messages: Sequence[NewMessage], service: str, now: int, *, may_warn: bool) -> list[dict[str, Any]]:
    rows, errors = [], []
    for number, message in enumerate(messages):
        written = message.body if message.format == "html" else safe_html.from_text(message.body)
        body = safe_html.cleaned(written)
        text = safe_html.text_of(body)
        expires_at = int(message.expires_at.timestamp()) if message.expires_at else None
        if not is_visible(text):
            errors.append((number, "body", "Nothing of it may be shown: write a text."))
        if expires_at is not None and expires_at <= now:
            errors.append((number, "expires_at", "It lies in the past."))
        if message.category == "security" and not may_warn:
            errors.append((number, "category", "This service sends no notices about security."))
        if message.notified and message.category != "security":
            errors.append((number, "notified", "Only a notice about security can have been told of already."))
        rows.append(
            {
                "id": secrets.token_urlsafe(16),
                "sub": message.sub,
                "service": service,
                "unread": True,
                "archived": False,
                "high": message.importance == "high",
                "security": message.category == "security",
                "created_at": now,
                "expires_at": expires_at,
                "subject": message.subject,
                "preview": _beginning(text),
                "link": message.link or "",
                "body": body,
                "searched": folded(f"{message.subject}\n{text}"),
            }
        )
    if errors:
        raise UnacceptableError(errors)
    return rows
