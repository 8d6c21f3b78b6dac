"""A person's access token for an API: asked for by resource and scope, kept while it is good, renewed without anybody noticing.

Each token is for one API and allows no more than was asked for (RFC 8707 section 2.2, RFC 9700 section 2.3). What renews them belongs to
the session here and ends with it; at the provider it ends with the sign-in. Both are kept encrypted.

A refresh token is good once (RFC 9700 section 4.14.2): two renewals at the same time would look like theft and end the access. So
whoever renews holds the session's grant for a moment, and the others, in any process, wait for what comes of it.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clients.sso import token_store
from clients.sso.crypto import Box
from clients.sso.guard import current_session
from clients.sso.outcomes import NoTokenError, ProviderUnavailableError, RefusedError, Tokens
from clients.sso.parts import parts

if TYPE_CHECKING:
    from clients.sso.provider import Provider

_LEAST_SECONDS = 30
"""A token that ends sooner is renewed first: the call takes a moment, and clocks differ."""
_LEASE_SECONDS = 15
"""Longer than the provider may take to answer."""
_WAIT_SECONDS = 6.0
_POLL_SECONDS = 0.05


def access_token(resource: str, scopes: tuple[str, ...], *, refused: str = "") -> str:
    """Return a token of the person of this request for the API `resource`; `refused` is one that the API didn't take.

    Raises:
        NoTokenError: nobody is signed in, or the access has ended: signing in again brings it back.
        ProviderUnavailableError: the provider doesn't answer.
        RefusedError: this service may not ask for that.
    """
    session = current_session()
    if session is None:
        raise NoTokenError
    here = parts()
    keeper = TokenKeeper(here.provider, here.token_box, here.clock)
    return keeper.token(session.id, resource, scopes, refused=refused)


class TokenKeeper:
    """The tokens of sessions. `clock` returns seconds since the epoch."""

    def __init__(self, provider: "Provider", box: Box, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._box = box
        self._clock = clock

    def token(self, session_id: str, resource: str, scopes: tuple[str, ...], *, refused: str = "") -> str:
        """Return a token; see `access_token`."""
        scope = " ".join(scopes)
        give_up = time.monotonic() + _WAIT_SECONDS
        while True:
            if kept := self._kept(session_id, resource, scope, refused):
                return kept
            now = int(self._clock())
            held = token_store.hold_grant(session_id, now, until=now + _LEASE_SECONDS)
            if held:
                # Somebody may have renewed it between the look and the hold.
                if kept := self._kept(session_id, resource, scope, refused):
                    token_store.let_go(session_id)
                    return kept
                return self._renewed(session_id, held, resource, scope)
            if not token_store.has_grant(session_id):
                raise NoTokenError
            if time.monotonic() > give_up:
                raise ProviderUnavailableError("a renewal takes too long")
            time.sleep(_POLL_SECONDS)

    def _kept(self, session_id: str, resource: str, scope: str, refused: str) -> str | None:
        least = int(self._clock()) + _LEAST_SECONDS
        sealed = token_store.find_access_token(session_id, resource, scope, expires_after=least)
        token = self._box.open(sealed) if sealed else None
        return None if token == refused else token

    def _renewed(self, session_id: str, sealed_grant: str, resource: str, scope: str) -> str:
        refresh_token = self._box.open(sealed_grant)
        if refresh_token is None:
            # Sealed under a secret that was replaced.
            token_store.drop_grant(session_id)
            raise NoTokenError
        try:
            tokens = self._provider.refresh(refresh_token, resource=resource, scope=scope)
        except RefusedError as refusal:
            if refusal.error != "invalid_grant":
                token_store.let_go(session_id)
                raise
            token_store.drop_grant(session_id)
            raise NoTokenError from refusal
        except ProviderUnavailableError:
            # Perhaps only the answer was lost: the provider gives the same successor once more.
            token_store.let_go(session_id)
            raise
        self._keep(session_id, tokens, resource, scope)
        return tokens.access_token

    def _keep(self, session_id: str, tokens: Tokens, resource: str, scope: str) -> None:
        token_store.keep(
            session_id,
            grant=self._box.close(tokens.refresh_token),
            resource=resource,
            scope=scope,
            token=self._box.close(tokens.access_token),
            expires_at=int(self._clock()) + tokens.expires_in,
        )
