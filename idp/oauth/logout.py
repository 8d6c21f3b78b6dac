"""Ending sessions: RP-Initiated Logout 1.0 without its pages, and Back-Channel Logout 1.0 to every service that took part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from idp.clock import Clock
from idp.db import Tx
from idp.oauth import redirect_uris
from idp.oauth.client import Client, ClientRegistry
from idp.oauth.id_token_hints import IdTokenHints
from idp.oauth.store import families


class Notify(Protocol):
    """Puts the delivery of a logout token into the outbox, in the transaction that ends the session."""

    def __call__(self, tx: Tx, client_id: str, *, url: str, subject: str, sid: str) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class EndSessionRequest:
    """A checked request to sign out. `sid` and `subject` are known only from a valid hint, and then nobody needs to be asked."""

    client: Client | None
    sid: str
    subject: str
    return_to: str


class Logout:
    """Reads sign-out requests and carries a session's end to the services."""

    def __init__(self, clients: ClientRegistry, hints: IdTokenHints, notify: Notify, clock: Clock) -> None:
        self._clients = clients
        self._hints = hints
        self._notify = notify
        self._clock = clock

    def read(self, form: Mapping[str, str]) -> EndSessionRequest:
        """Return what the request asks (RP-Initiated Logout section 2).

        The address to return to counts only if the client that registered it is known, by the hint or by `client_id`, and both agree.
        """
        hint = self._hints.read(form.get("id_token_hint", ""))
        client_id = form.get("client_id") or (hint.client_id if hint else "")
        client = self._clients.find(client_id)
        if hint and client and hint.client_id != client.client_id:
            hint = client = None
        return_to = form.get("post_logout_redirect_uri", "")
        if client is None or not redirect_uris.matches(return_to, client.post_logout_redirect_uris):
            return_to = ""
        if return_to and form.get("state"):
            return_to += ("&" if "?" in return_to else "?") + urlencode({"state": form["state"]})
        return EndSessionRequest(client, hint.sid if hint else "", hint.subject if hint else "", return_to)

    def sessions_ended(self, tx: Tx, sids: Sequence[str]) -> None:
        """Revoke what the sessions gave and tell each service: called in the transaction that ends them, whoever ended them."""
        now = self._clock()
        for sid in sids:
            for client_id, subject in families.end_session(tx, sid, now=now):
                client = self._clients.find(client_id)
                if client is not None and client.backchannel_logout_uri:
                    self._notify(tx, client_id, url=client.backchannel_logout_uri, subject=subject, sid=sid)
