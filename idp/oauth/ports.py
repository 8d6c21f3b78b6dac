"""What the protocol needs from outside, bound in `idp.app`: subjects, and a sign-in that may ask the person something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.wrappers import Response


@dataclass(frozen=True, slots=True)
class Authentication:
    """A sign-in that stands: whose, in which session, when and how it was proven (OpenID Connect Core section 2)."""

    account_id: str
    sid: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authorization request asks of the person: OpenID Connect Core section 3.1.2.1, RFC 9470."""

    client_id: str
    client_name: str
    first_party: bool
    scope: tuple[str, ...]
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    login_hint: str = ""
    subject_hint: str = ""
    ui_locales: str = ""
    redirect_origin: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The person can't be asked, or said no: an error code for the client (OpenID Connect Core section 3.1.2.6)."""

    error: str
    description: str


class SignIn(Protocol):
    """The interaction, seen from the protocol."""

    def begin(self, asked: Asked, parameters: Mapping[str, Any]) -> Authentication | Refused | Response:
        """Return the sign-in that answers `asked`, why there is none, or a response that sends the person to the next step.

        `parameters` come back unchanged to `browser_views.resume` when the person has done what was asked.
        """
        ...

    def end(self, *, sid: str | None) -> Sequence[str]:
        """End this browser's session `sid` (None: every one of this browser); return the `sid`s that ended."""
        ...

    def current(self) -> Sequence[Authentication]:
        """Return this browser's live sign-ins, the active one first."""
        ...


class Subjects(Protocol):
    """People, as the protocol sees them."""

    def for_subject(self, account_id: str) -> Mapping[str, Any] | None:
        """Return every standard claim of an active account (OpenID Connect Core section 5.1), None when it's gone."""
        ...
