"""What a conversation with the provider comes to: what it gives, and the cases of failing that a caller has to tell apart."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Tokens(NamedTuple):
    """What the token endpoint answered (RFC 6749 section 5.1); what it left out is empty."""

    access_token: str
    expires_in: int
    """Seconds."""
    refresh_token: str
    id_token: str


class SignedIn(NamedTuple):
    """Somebody has signed in: what is known of them, and what came with it."""

    claims: Mapping[str, Any]
    tokens: Tokens


class ProviderUnavailableError(Exception):
    """The provider can't be reached, or answers with something that isn't an answer. Trying again may help."""


class ClockError(Exception):
    """What the provider has just signed isn't valid yet, or not any more: the clock here is wrong, or the one there. Operators mend it."""


class NoTokenError(Exception):
    """There is no access to an API: nobody is signed in, or it has ended. Signing in again brings it back."""


class RefusedError(Exception):
    """The provider, or a check of what it sent, says no. The message is for the log, `error` the provider's own word."""

    def __init__(self, message: str, *, error: str = "") -> None:
        super().__init__(message)
        self.error = error
