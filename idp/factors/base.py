"""What every method of strong authentication is: how it asks, and how it verifies the answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from idp.accounts.strength import Proof

Reason = Literal["wrong", "wait", "blocked", "waiting", "expired", "denied", "unavailable"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that needs a proof. Whoever it is for has shown a right password, or has a session, before."""

    id: str
    """The interaction's: what is asked in one attempt can't be answered in another."""
    account_id: str
    service: str
    """The name of the service that is signed in to; empty for the account's own pages."""
    ip: str
    user_agent: str
    typed_at: int = 0
    """When the password was typed in this attempt; 0: it wasn't, the session is enough."""
    proven: str = ""
    """By what the person got here: this password in this browser, or this session. What it uses up is its own (`proven_by`)."""


def proven_by(*what: object) -> str:
    """Return the digest of what somebody has proven before they are asked for a second factor."""
    return hashlib.sha256(" ".join(map(str, what)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Refusal:
    """No proof, and why.

    `wrong`: the answer isn't right. `wait`: too many wrong ones, the next counts in `wait_seconds`. `blocked`: far too many, use
    another method. `waiting`: nothing has been answered yet. `expired`: it took too long. `denied`: the person said no, on their
    device. `unavailable`: the method can't be used now, by nobody's fault here.
    """

    reason: Reason
    wait_seconds: int = 0
    message: str = ""
    """What to tell the person, where the method knows better than its reason says."""


@dataclass(frozen=True, slots=True)
class Description:
    """What people read about a method; all texts in the reader's language."""

    title: str
    hint: str
    """What it is like to use, in one sentence."""
    icon: str


class Method(Protocol):
    """A method. Its name is its folder's and stands in addresses; its pages are `<name>/sign_in.html` and its own views'."""

    @property
    def name(self) -> str:
        """Like `totp`."""
        ...

    @property
    def backup(self) -> bool:
        """Whether it is only a way back in: having it alone is no reason to be asked for it."""
        ...

    def describe(self) -> Description:
        """Return what people read about it."""
        ...

    def add_url(self, next_path: str = "") -> str:
        """Return the address of the page where it is set up; from there the person goes on to `next_path`."""
        ...

    def details(self, account_id: str) -> Mapping[str, str]:
        """Return what to say of each thing that the account has enrolled, by its factor's id, in a few words of the reader's language."""
        ...

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:
        """Begin, or go on with, asking for a proof in this attempt; return what the sign-in page needs. Repeating it is harmless.

        With `denied` among it the person has said no, and nothing is asked before the password was typed.
        """
        ...

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Verify the form's fields. A right answer is used up: it proves nothing a second time."""
        ...
