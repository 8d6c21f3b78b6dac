"""What a person can do: pair with an office or a member state, see what they are paired with, and break it."""

from collections.abc import Callable, Sequence

from clients.pairing import attempts, store, trail
from clients.pairing.attempts import Refused, Try
from clients.pairing.codes import Codes, normalised
from clients.pairing.models import Pairing
from clients.pairing.store import Paired, transaction
from clients.pairing.trail import Who


class WrongCodeError(Exception):
    """Customer ID and access code don't belong together; which of them is wrong is never said."""


class RefusedError(Exception):
    """There were too many tries: `why`, and how many `seconds` to wait."""

    def __init__(self, why: Refused, seconds: int) -> None:
        super().__init__(why)
        self.why = why
        self.seconds = seconds


class NotFoundError(Exception):
    """There is no such thing for this person."""


class Pairings:
    """The use cases of people. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int], codes: Codes) -> None:
        self._clock = clock
        self._codes = codes

    def list(self, sub: str) -> Sequence[Paired]:
        """Return what a person is paired with."""
        return store.pairings_of(sub)

    def get(self, sub: str, pairing_id: str) -> Paired:
        """Return one; raises NotFoundError."""
        for one in store.pairings_of(sub):
            if one.pairing.id == pairing_id:
                return one
        raise NotFoundError

    def pair(self, who: Who, kind: str, customer_id: str, code: str) -> bool:
        """Pair somebody; return whether that is new. Raises WrongCodeError, RefusedError. Every call leaves one line in the trail."""
        one = Try(who.sub, who.address, kind, customer_id)
        now = self._clock()
        # Counted and committed before the code is looked at: of any number of guesses at once, no more than these are checked.
        with transaction():
            refused, seconds = attempts.count(one, now)
            if refused:
                self._attempt(who, one, refused)
        if refused:
            raise RefusedError(refused, seconds)
        with transaction():
            result = self._check(who, one, normalised(code), now)
            self._attempt(who, one, result or "wrong")
            if result:
                attempts.give_back(one)
        if not result:
            raise WrongCodeError
        with transaction():
            attempts.forget(now)
        return result == "paired"

    def end(self, who: Who, pairing_id: str) -> Paired:
        """Break one's own pairing; raises NotFoundError."""
        ended = self.get(who.sub, pairing_id)
        office = ended.office
        with transaction():
            if not store.delete_pairing(pairing_id, who.sub):
                raise NotFoundError
            at = self._clock()
            trail.record(who, "unpair", "ended", at=at, kind=office.kind, customer_id=office.customer_id)
        return ended

    def _check(self, who: Who, one: Try, code: str, now: int) -> str:
        office = store.office_with(one.kind, one.customer_id)
        # Of an office that there isn't the same is computed, so that an answer's time tells nobody which Customer IDs there are.
        if not self._codes.matches(office.id if office else "", code, office.code_hash if office else "") or not office:
            return ""
        pairing = Pairing(
            id=store.new_id(),
            sub=who.sub,
            office_id=office.id,
            name=who.name,
            username=who.username,
            created_at=now,
        )
        return store.pair_if_current(pairing, office.code_hash)

    def _attempt(self, who: Who, one: Try, result: str) -> None:
        trail.record(who, trail.ATTEMPT, result, at=self._clock(), kind=one.kind, customer_id=one.customer_id)
