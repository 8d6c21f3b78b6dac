"""How strongly somebody has proven who they are: a pure function of their proofs. `acr` and `amr` derive from nothing else.

The levels are NIST SP 800-63B-4's authenticator assurance levels. A proof shows that the person knows something (a password), has
something (a phone, a key), or both at once, when the thing itself has verified its user by PIN or biometrics (a passkey).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson

from config.tuning import HIGHER_LEVEL_SECONDS

AAL1 = "aal1"
"""One factor: a password."""
AAL2 = "aal2"
"""Two factors: a password and something that the person has, or a passkey that has verified its user."""
AAL3 = "aal3"
"""AAL2 with a hardware authenticator that has attested that its key can't be exported."""
LEVELS = ("", AAL1, AAL2, AAL3)
"""In ascending order; the empty text is no proof at all."""

KNOWLEDGE = "knowledge"
POSSESSION = "possession"
VERIFIED = "verified"
HARDWARE = "hardware"


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody proved who they are: by which method, when (seconds), and what it shows."""

    method: str
    at: int
    amr: tuple[str, ...]
    """RFC 8176 section 2."""
    shows: tuple[str, ...]
    """Of KNOWLEDGE, POSSESSION, VERIFIED (the authenticator verified its user) and HARDWARE (attested, not exportable)."""


def password(at: int) -> Proof:
    """Return the proof that a right password is."""
    return Proof("password", at, ("pwd",), (KNOWLEDGE,))


def level(proofs: Iterable[Proof]) -> str:
    """Return the assurance level that the proofs reach together."""
    shown = {thing for proof in proofs for thing in proof.shows}
    if not shown:
        return ""
    if POSSESSION not in shown or not shown & {KNOWLEDGE, VERIFIED}:
        return AAL1
    return AAL3 if HARDWARE in shown else AAL2


def current(proofs: Iterable[Proof], now: int) -> tuple[Proof, ...]:
    """Return the proofs that count now. When all are older than `HIGHER_LEVEL_SECONDS` they count as one factor: a password, else what was had.

    So a session that lasts longer keeps the lowest level, and whoever demands more has all of it proven anew.
    """
    proofs = tuple(proofs)
    fresh = tuple(proof for proof in proofs if now - proof.at < HIGHER_LEVEL_SECONDS)
    if fresh or not proofs:
        return fresh
    known = [proof for proof in proofs if POSSESSION not in proof.shows]
    last = max(known or proofs, key=lambda proof: proof.at)
    return (last if known else replace(last, shows=(POSSESSION,)),)


def newest(proofs: Iterable[Proof]) -> int:
    """Return when the last of the proofs was given, in seconds; that is `auth_time` (OpenID Connect Core section 2)."""
    return max((proof.at for proof in proofs), default=0)


def reaches(proofs: Iterable[Proof], wanted: str) -> bool:
    """Tell whether the proofs reach the level `wanted`; an unknown level is out of reach."""
    return wanted in LEVELS and LEVELS.index(level(proofs)) >= LEVELS.index(wanted)


def amr(proofs: Sequence[Proof]) -> tuple[str, ...]:
    """Return the authentication methods references of the proofs together (RFC 8176), `mfa` where they are several factors."""
    values = dict.fromkeys(value for proof in proofs for value in proof.amr)
    if level(proofs) in {AAL2, AAL3}:
        values["mfa"] = None
    return tuple(values)


def joined(earlier: Iterable[Proof], later: Iterable[Proof]) -> tuple[Proof, ...]:
    """Return all proofs, of each method only the last one."""
    return tuple({proof.method: proof for proof in (*earlier, *later)}.values())


def write(proofs: Iterable[Proof]) -> str:
    """Return the proofs as JSON, for the database."""
    return orjson.dumps(list(proofs)).decode()


def read(text: str) -> tuple[Proof, ...]:
    """Return the proofs that `write` wrote."""
    return tuple(
        Proof(each["method"], each["at"], tuple(each["amr"]), tuple(each["shows"])) for each in orjson.loads(text)
    )
