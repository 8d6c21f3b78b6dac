"""What the account pages need from outside, bound by the composition root: a way to sign in, and which services have access."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from werkzeug.wrappers import Response

from idp.db import Tx


class SignInPort(Protocol):
    """The sign-in flow. `next_path` is a path on this host, where the person goes on afterwards."""

    def sign_in(self, next_path: str) -> Response:
        """Send the person to sign in."""
        ...

    def reauthenticate(self, next_path: str, *, level: str = "") -> Response:
        """Send the person to prove again who they are, at an assurance level (`strength.py`) if one is named."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """A service that has access to a person's account."""

    client_id: str
    name: str
    scopes: Sequence[str]
    """What it may do, in the reader's words."""
    removable: Sequence[tuple[str, str]]
    """Of that what the person allowed and can take away alone: scope values, each with the words for it."""
    since: int
    last_used: int | None


class ServiceAccess(Protocol):
    """The protocol's memory of what a person agreed to."""

    def listing(self, account_id: str) -> Sequence[Service]:
        """Return the services with access, by name."""
        ...

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:
        """Take a service's access away, and what it was given."""
        ...

    def narrow(self, tx: Tx, account_id: str, client_id: str, kept: frozenset[str]) -> bool:
        """Leave a service of what it was allowed only these scope values; tell whether it lost any."""
        ...


@dataclass(frozen=True, slots=True)
class WayOn:
    """A sign-in that goes on after a page of ours."""

    service: str
    """The name of who asked; empty for a page of ours."""
    cancel_url: str
    """Where a form is posted to give up, and go back to who asked."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them."""

    sign_in: SignInPort
    services: ServiceAccess
    method_title: Callable[[str], str] = str
    """What people call a method of signing in, given its name."""
    level_needed: Callable[[str], str] = lambda _account_id: ""
    """The assurance level (`strength.py`) that changing the ways into an account takes: two factors for who has them."""
    lead_on: Callable[[str], WayOn | None] = lambda _path: None
    """Lets the forms of the page that is being answered end where a path of the sign-in flow leads in the end; tells where that is."""
    sign_in_url: str = "/sign-in"
    sign_out_url: str = "/sign-out"
    switch_url: str = "/add-account"
