"""The way in: messages are written in the transaction of what caused them, sealed, because they carry codes, links and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from idp.ids import new_id
from idp.notify import store

if TYPE_CHECKING:
    # The demo mailbox lives in this package too, and starts in half the time without SQLAlchemy.
    from idp.clock import Clock
    from idp.db import Tx
    from keys.sealing import Sealer

MAIL = "mail"
LOGOUT_TOKEN = "logout_token"  # noqa: S105 - a kind of message
PUSH = "push"
PURPOSE = "outbox"


class Outbox:
    """Adds messages; a `Worker` delivers them soon after the transaction has committed, at least once."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def mail(self, tx: Tx, to: str, template: str, locale: str, context: dict[str, Any]) -> None:
        """Mail `to` what `mail/<template>.{subject,txt,html}` say in `locale`; `context` (JSON values) is what they are filled with."""
        self.add(tx, MAIL, {"to": to, "template": template, "locale": locale, "context": context})

    def logout_token(self, tx: Tx, client_id: str, *, url: str, subject: str, sid: str) -> None:
        """Tell a client that a session has ended (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""
        self.add(tx, LOGOUT_TOKEN, {"client_id": client_id, "url": url, "subject": subject, "sid": sid})

    def push(
        self,
        tx: Tx,
        device: str,
        content: dict[str, Any],
        *,
        expires_at: int,
        urgency: str = "normal",
        topic: str = "",
        reference: str = "",
    ) -> None:
        """Send `content` to a device's service worker until `expires_at`; `topic` replaces what waits under it (RFC 8030 section 5.4)."""
        self.add(
            tx,
            PUSH,
            {
                "device": device,
                "content": content,
                "expires_at": expires_at,
                "urgency": urgency,
                "topic": topic,
                "reference": reference,
            },
        )

    def add(self, tx: Tx, kind: str, payload: dict[str, Any]) -> None:
        """Add a message of any kind that the worker has a handler for."""
        sealed = self._sealer.seal(orjson.dumps(payload), purpose=PURPOSE)
        store.add(tx, id=new_id(), kind=kind, payload=sealed, now=self._clock())
