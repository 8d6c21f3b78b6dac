"""Proof of work: ALTCHA's challenges (PBKDF2, signed with HMAC), made for one purpose at one network and answered by work or by waiting.

A browser looks for the counter whose derived key begins as the challenge says, and finds it after at most `tries` tries. Where no script
runs, the same challenge is good once its time has passed. Nothing is kept of a challenge; who lets one count spends it (`Solved.id`).
"""

import hashlib
import secrets
from dataclasses import dataclass

from altcha import Challenge, Payload, Solution, create_challenge, verify_solution

from config.parsing import PARSER_ERRORS
from config.tuning import ProofOfWorkSettings
from idp.clock import Clock

_ALGORITHM = "PBKDF2/SHA-256"
_MAX_LENGTH = 2_000
"""Of what a browser sends back; our own have 700 characters."""


@dataclass(frozen=True, slots=True)
class Work:
    """A challenge for a form's field: a browser puts its solution into it, or sends it back as it is after `wait` seconds."""

    payload: str
    tries: int
    """After which the solution is found at the latest."""
    wait: int


@dataclass(frozen=True, slots=True)
class Solved:
    """A challenge that was answered: good for one attempt, which the caller has to see to by `id` for as many `seconds`."""

    id: str
    seconds: int
    by_waiting: bool


class ProofOfWork:
    """Makes and checks challenges. Levels begin with 1."""

    def __init__(self, key: bytes, clock: Clock, settings: ProofOfWorkSettings) -> None:
        self._sign, self._derived = (hashlib.sha256(key + part).digest() for part in (b"challenge", b"derived key"))
        self._clock = clock
        self._settings = settings

    def issue(self, level: int, *subject: str, wait: int = 0) -> Work:
        """Make a challenge that counts for `subject` only; `wait` is how many seconds waiting takes at least."""
        settings, now = self._settings, self._clock()
        doubled = 2 ** (min(level, settings.levels) - 1)
        tries = settings.tries * doubled
        wait = max(wait, settings.wait * doubled)
        challenge = create_challenge(
            _ALGORITHM,
            settings.iterations,
            # Evenly spread up to a bound: nobody is unlucky for longer than that.
            counter=secrets.randbelow(tries),
            data={
                "for": _digest(subject),
                "after": now + wait,
                "until": now + wait + settings.lifetime,
                "tries": tries,
            },
            hmac_secret=self._sign,
            hmac_key_secret=self._derived,
        )
        return _work(challenge, tries, wait)

    def check(self, payload: str, *subject: str) -> Solved | Work | None:
        """Return what was solved, the same challenge when neither work nor time is done, None for what is none of ours or too old."""
        if not payload or len(payload) > _MAX_LENGTH:
            return None
        try:
            answered = Payload.from_base64(payload)
            result = verify_solution(answered, self._sign, hmac_key_secret=self._derived)
        except PARSER_ERRORS:
            return None
        # Signed here from now on.
        if result.invalid_signature is not False:
            return None
        parameters, now = answered.challenge.parameters, self._clock()
        data = parameters.data or {}
        if data["for"] != _digest(subject) or data["until"] <= now:
            return None
        if result.verified or data["after"] <= now:
            return Solved(parameters.nonce, data["until"] - now + 1, by_waiting=not result.verified)
        return _work(answered.challenge, data["tries"], data["after"] - now)


def _work(challenge: Challenge, tries: int, wait: int) -> Work:
    return Work(Payload(challenge, Solution(0, "")).to_base64(), tries, wait)


def _digest(subject: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(subject).encode()).hexdigest()
