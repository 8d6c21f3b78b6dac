"""What a sign-in still needs: a pure function of what is asked and what has been proven. Everything else here only obeys it.

Signing in goes through three gates. *Who*: an account, chosen or proven. *In*: a session begins once the password is right and, where
the account has methods of strong authentication and the browser isn't trusted, one of them has been used too; so knowing the password
alone opens nothing. *Enough*: the level that the service or the person's role demands, recent enough; only what is missing is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from config.tuning import HIGHER_LEVEL_SECONDS
from idp.accounts.strength import (
    AAL1,
    AAL2,
    AAL3,
    HARDWARE,
    KNOWLEDGE,
    LEVELS,
    POSSESSION,
    VERIFIED,
    Proof,
    amr,
    joined,
    level,
    newest,
    reaches,
)
from idp.oauth.ports import Asked, Authentication, Refused


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in in this browser; without a `sid`, somebody who is about to be."""

    account_id: str
    sid: str = ""
    proofs: tuple[Proof, ...] = ()
    reads_mail: bool = False
    """They have shown lately, in this session, that they read the account's mail."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account has, and what is demanded of it."""

    methods: tuple[str, ...] = ()
    """The methods of strong authentication that it has enrolled, the preferred one first."""
    backups: tuple[str, ...] = ()
    """Its other ways to prove a second factor, like recovery codes."""
    unproven: tuple[str, ...] = ()
    """Methods that somebody else has registered for it and that it hasn't used yet: one may be used, none is required."""
    must: str = ""
    """The level that the person's role demands of every sign-in."""
    trusted: bool = False
    """The person trusts this browser, so the password opens it."""
    password_is_initial: bool = False
    """Somebody else has made the account's password."""

    @property
    def usable(self) -> tuple[str, ...]:
        """Everything that proves a second factor."""
        return (*self.methods, *self.backups, *self.unproven)


@dataclass(frozen=True, slots=True)
class Known:
    """What has been proven so far, in this browser and in this interaction."""

    now: int
    people: tuple[Person, ...] = ()
    """Who is signed in in this browser, the active one first."""
    chosen: str = ""
    """The `sid` that the person chose, or signed in to, during this interaction."""
    account_id: str = ""
    """Who has proven something during this interaction."""
    proofs: tuple[Proof, ...] = ()
    """What they proved."""
    denied: bool = False
    """They refused a request on their device: nothing more is asked of that device before the password was typed."""
    standing: Standing = Standing()
    """Of the candidate."""
    consented: frozenset[str] = frozenset()
    """Scope that the candidate has allowed this client before."""
    allowed: bool = False
    """They allowed it during this interaction."""


@dataclass(frozen=True, slots=True)
class Prove:
    """Ask for a first proof: of anybody, or again of the account that `account_id` names."""

    account_id: str = ""


@dataclass(frozen=True, slots=True)
class ProveMore:
    """Ask for another factor, by one of these methods, the first of them unless the person chooses."""

    account_id: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enrol:
    """Have the person set up a method: one of these if there are any, else any."""

    account_id: str
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProveAddress:
    """Ask for a code that is mailed to the confirmed address: before the first method counts that somebody else has registered."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Have the person choose a password of their own, in place of one that somebody else has made."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ChooseAccount:
    """Ask which of the accounts in this browser it is to be."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """Nothing to ask: begin the session, or strengthen the one that this account has in this browser."""

    account_id: str


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask whether the client may have this scope."""

    account_id: str
    scope: tuple[str, ...]


Step: TypeAlias = (
    Prove | ProveMore | ProveAddress | Enrol | ChangePassword | ChooseAccount | LetIn | AskConsent | Person | Refused
)

_ERROR_OF_STEP: dict[type, str] = {
    Prove: "login_required",
    ProveMore: "login_required",
    ProveAddress: "login_required",
    Enrol: "interaction_required",
    ChangePassword: "interaction_required",
    ChooseAccount: "account_selection_required",
    AskConsent: "consent_required",
}
UNMET = "unmet_authentication_requirements"
_HIGHER = frozenset({AAL2, AAL3})


def next_step(asked: Asked, known: Known) -> Step:
    """Return the one thing to do next: a step, the person whose session answers, or why there can't be one.

    OpenID Connect Core section 3.1.2.1 (`prompt`, `max_age`, `acr_values`, `id_token_hint`) and 3.1.2.6 (errors), RFC 9470.
    """
    step = _needed(asked, known)
    if "none" in asked.prompt and type(step) in _ERROR_OF_STEP:
        return Refused(_ERROR_OF_STEP[type(step)], "The person would have to be asked.")
    return step


def candidate(asked: Asked, known: Known) -> Person | None:
    """Return whom the request is about: who proved something, was chosen, is hinted at, or is active."""
    if known.account_id:
        here = (one for one in known.people if one.account_id == known.account_id)
        return next(here, Person(known.account_id))
    if known.chosen:
        return next((one for one in known.people if one.sid == known.chosen), None)
    if asked.subject_hint:
        return next((one for one in known.people if one.account_id == asked.subject_hint), None)
    return next(iter(known.people), None)


def _needed(asked: Asked, known: Known) -> Step:
    settled = bool(known.chosen or known.account_id)
    if "select_account" in asked.prompt and not settled and known.people:
        return ChooseAccount()
    person = candidate(asked, known)
    if person is None or ("create" in asked.prompt and not settled):
        return Prove()
    if asked.subject_hint and person.account_id != asked.subject_hint:
        return Refused("login_required", "Another person signed in than the one that was asked for.")
    step = _way_in(known, person) or _enough(asked, known, person)
    if step is None and known.standing.password_is_initial:
        step = ChangePassword(person.account_id)
    return step or _consent(asked, known, person)


def _way_in(known: Known, person: Person) -> Step | None:
    """Return what is missing for a session, None when there is one that has everything that was proven."""
    standing = known.standing
    if not person.sid:
        two = bool(standing.methods) and not standing.trusted
        if not reaches(known.proofs, AAL2 if two else AAL1):
            return _stronger(known, person, known.proofs, standing.usable) or Prove()
        return LetIn(person.account_id)
    return None if set(known.proofs) <= set(person.proofs) else LetIn(person.account_id)


def _enough(asked: Asked, known: Known, person: Person) -> Step | None:
    """Return what is missing for what the service and the person's role demand."""
    if not (*known.proofs, *_recent(asked, known, person)):
        return Prove(person.account_id)
    wanted = max(asked.acr_wanted, known.standing.must, key=LEVELS.index)
    counted = _counted(asked, known, person)
    # What a long session still has of its beginning is one factor, and no part of two.
    fresh = tuple(proof for proof in counted if known.now - proof.at < HIGHER_LEVEL_SECONDS)
    if reaches(fresh if wanted in _HIGHER else counted, wanted):
        return None
    able = [name for name in known.standing.usable if _allowed(name, asked)]
    step = _stronger(known, person, fresh if able and wanted in _HIGHER else counted, able)
    if step is not None:
        return step
    floor = max(asked.acr_floor, known.standing.must, key=LEVELS.index)
    if reaches(fresh if floor in _HIGHER else counted, floor):
        return None
    if not reaches(fresh, AAL2):
        return Enrol(person.account_id, ("webauthn",) if floor == AAL3 else asked.methods)
    return Refused(UNMET, "The person has no method that is strong enough.")


def _recent(asked: Asked, known: Known, person: Person) -> Iterable[Proof]:
    """Return the session's proofs that aren't too old for what is asked."""
    if "login" in asked.prompt:
        return ()
    if asked.max_age is None:
        return person.proofs
    return (proof for proof in person.proofs if known.now - proof.at <= asked.max_age)


def _stronger(known: Known, person: Person, counted: Iterable[Proof], able: Iterable[str]) -> Step | None:
    """Return how to add what the counted proofs lack, None when the person has nothing to add it with."""
    shown = {thing for proof in counted for thing in proof.shows}
    if not shown & {KNOWLEDGE, VERIFIED}:
        return Prove(person.account_id)
    used = {proof.method for proof in known.proofs}
    left = tuple(name for name in able if name not in used)
    # Nothing a second time: what has been used in this interaction shows no more than it did.
    if POSSESSION in shown and HARDWARE not in shown:
        left = tuple(name for name in left if name == "webauthn")
    if not left:
        return None
    if not known.standing.methods and not person.reads_mail:
        # A first second factor, wherever it came from, doesn't count by the password alone.
        proven = tuple(name for name in left if name not in known.standing.unproven)
        if not proven:
            return ProveAddress(person.account_id)
        left = proven
    if known.denied and KNOWLEDGE not in {thing for proof in known.proofs for thing in proof.shows}:
        return Prove(person.account_id)
    return ProveMore(person.account_id, left)


def _counted(asked: Asked, known: Known, person: Person) -> tuple[Proof, ...]:
    """Return the proofs that are recent enough, by methods that count for this client."""
    proofs = joined(_recent(asked, known, person), known.proofs)
    return tuple(proof for proof in proofs if proof.method == "password" or _allowed(proof.method, asked))


def _allowed(method: str, asked: Asked) -> bool:
    return not asked.methods or method in asked.methods


def _consent(asked: Asked, known: Known, person: Person) -> Step:
    must_ask = (
        "consent" in asked.prompt
        or asked.impersonable
        or (not asked.first_party and not set(asked.scope) <= known.consented)
    )
    if must_ask and not known.allowed:
        return AskConsent(person.account_id, asked.scope)
    return person


def answer(asked: Asked, known: Known, person: Person) -> Authentication:
    """Return the sign-in as the protocol sees it: how strong it is follows from what was proven recently enough, and from no more."""
    counted = _counted(asked, known, person)
    # Where only methods that don't count were used, it is a sign-in all the same: the weakest there is.
    proofs = counted or joined(_recent(asked, known, person), known.proofs)
    return Authentication(person.account_id, person.sid, newest(proofs), level(counted) or AAL1, amr(proofs))
