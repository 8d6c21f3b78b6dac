"""What the protocol needs from outside, bound in `idp.app`: subjects, and a sign-in that may ask the person something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.wrappers import Response

ACR_VALUES = ("aal1", "aal2", "aal3")
"""The authentication contexts that can be asked for, the weakest first: NIST SP 800-63B-4's authenticator assurance levels."""
STRONG_METHODS = ("totp", "webauthn", "push", "recovery_codes", "certificate")
"""Methods of strong authentication, as a client's `allowed_methods` names them."""


def reaches(acr: str, wanted: str) -> bool:
    """Tell whether the level `acr` is at least `wanted`; any is where none is wanted."""
    return not wanted or (acr in ACR_VALUES and ACR_VALUES.index(acr) >= ACR_VALUES.index(wanted))


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
    """What an authorization request asks of the person: OpenID Connect Core sections 3.1.2.1 and 5.5.1.1, RFC 9470.

    How strongly: `acr_values` are those of `ACR_VALUES` that were named, in the request's order of preference; the client's
    `default_acr_values` if it named none. The first of them, `acr_wanted`, is what to try for: the person is asked for what is
    missing. The weakest of them, `acr_floor`, is what the client takes from somebody who can't do better; nothing below it is
    answered with tokens but with `unmet_authentication_requirements`, for RFC 9470 section 5 recommends to take what is asked for
    as necessary, so that service and provider don't send a person back and forth. So `aal2 aal1` means "two factors from whoever
    has them", and `aal2` alone means "two factors, from whoever has none too: set one up first". Without any, every sign-in will do.
    """

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
    impersonable: bool = False
    """Nothing proves that it is this client that asks: any app on a device can claim its redirect URI (RFC 8252 section 8.6)."""
    redirect_uri: str = ""
    """Where the answer goes: what tells people apart two clients of one name."""
    apis: tuple[str, ...] = ()
    """APIs that the client's tokens may be for (RFC 8707); the provider's own UserInfo endpoint isn't named."""
    acr_essential: bool = False
    """The level was asked for as an Essential Claim (section 5.5.1.1). It changes nothing of the above."""
    methods: tuple[str, ...] = ()
    """Names of the methods of strong authentication that count for this client; none: all do. A proof by another one that stands
    from earlier shows nothing to this client."""

    @property
    def acr_wanted(self) -> str:
        """The level to try for; empty when any will do."""
        return self.acr_values[0] if self.acr_values else ""

    @property
    def acr_floor(self) -> str:
        """The level below which nothing is answered; empty when any will do."""
        return min(self.acr_values, key=ACR_VALUES.index, default="")


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
