"""What a sign-in still needs: a pure function of what is asked and what has been proven. Everything else here only obeys it."""

from dataclasses import dataclass
from typing import TypeAlias

from idp.oauth.ports import Asked, Authentication, Refused


@dataclass(frozen=True, slots=True)
class Known:
    """What has been proven so far, in this browser and in this interaction."""

    now: int
    sessions: tuple[Authentication, ...] = ()
    """This browser's live sign-ins, the active one first."""
    chosen: str = ""
    """The `sid` that the person chose, or signed in to, during this interaction."""
    fresh: bool = False
    """They proved who they are during this interaction."""
    consented: frozenset[str] = frozenset()
    """Scope that the chosen account has allowed this client before."""
    allowed: bool = False
    """They allowed it during this interaction."""


@dataclass(frozen=True, slots=True)
class Prove:
    """Ask for a proof: of anybody, or again of the account that `account_id` names."""

    account_id: str = ""


@dataclass(frozen=True, slots=True)
class ChooseAccount:
    """Ask which of the accounts in this browser it is to be."""


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask whether the client may have this scope."""

    account_id: str
    scope: tuple[str, ...]


Step: TypeAlias = Prove | ChooseAccount | AskConsent | Authentication | Refused

_ERROR_OF_STEP: dict[type, str] = {
    Prove: "login_required",
    ChooseAccount: "account_selection_required",
    AskConsent: "consent_required",
}


def next_step(asked: Asked, known: Known) -> Step:
    """Return the one thing to do next: a step, the authentication that answers, or why there can't be one.

    OpenID Connect Core section 3.1.2.1 (`prompt`, `max_age`, `id_token_hint`) and 3.1.2.6 (errors).
    """
    step = _needed(asked, known)
    if "none" in asked.prompt and type(step) in _ERROR_OF_STEP:
        return Refused(_ERROR_OF_STEP[type(step)], "The person would have to be asked.")
    return step


def candidate(asked: Asked, known: Known) -> Authentication | None:
    """Return the sign-in that the request is about: the chosen one, the one hinted at, or the active one."""
    if known.chosen:
        return next((one for one in known.sessions if one.sid == known.chosen), None)
    if asked.subject_hint:
        return next((one for one in known.sessions if one.account_id == asked.subject_hint), None)
    return next(iter(known.sessions), None)


def _needed(asked: Asked, known: Known) -> Step:
    if "select_account" in asked.prompt and not known.chosen and known.sessions:
        return ChooseAccount()
    authentication = candidate(asked, known)
    if authentication is None or ("create" in asked.prompt and not known.chosen):
        return Prove()
    if asked.subject_hint and authentication.account_id != asked.subject_hint:
        return Refused("login_required", "Another person signed in than the one that was asked for.")
    if not known.fresh and _too_old(asked, authentication, known.now):
        return Prove(authentication.account_id)
    return _consent(asked, known, authentication)


def _too_old(asked: Asked, authentication: Authentication, now: int) -> bool:
    if "login" in asked.prompt:
        return True
    return asked.max_age is not None and now - authentication.auth_time > asked.max_age


def _consent(asked: Asked, known: Known, authentication: Authentication) -> Step:
    must_ask = "consent" in asked.prompt or (not asked.first_party and not set(asked.scope) <= known.consented)
    if must_ask and not known.allowed:
        return AskConsent(authentication.account_id, asked.scope)
    return authentication
