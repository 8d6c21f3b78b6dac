"""What the protocol's endpoints and grants are handed: every concrete thing they use, put together once in `idp.app`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.settings import ProviderSettings
from idp.audit import record
from idp.clock import Clock
from idp.db import Database
from idp.oauth.access_tokens import AccessTokens
from idp.oauth.client import ClientRegistry
from idp.oauth.client_auth import ClientAuthenticator
from idp.oauth.minting import Minting
from idp.oauth.ports import Subjects
from idp.oauth.store import families

Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The protocol's dependencies."""

    settings: ProviderSettings
    database: Database
    clock: Clock
    clients: ClientRegistry
    authenticator: ClientAuthenticator
    minting: Minting
    access_tokens: AccessTokens
    subjects: Subjects
    keep_session_alive: Callable[[str], bool]
    """Given a `sid`: whether the session goes on, which now was used."""
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds."""

    def revoke_for_reuse(self, family_id: str, client_id: str, *, what: str) -> None:
        """End a family because a code or refresh token of it came a second time (RFC 9700 section 4.14.2); leave an audit event."""
        now = self.clock()
        with self.database.write() as tx:
            if families.revoke(tx, family_id, reason="reuse", now=now):
                record(
                    tx, "token.reuse_detected", at=now, client_id=client_id, detail={"what": what, "family": family_id}
                )
