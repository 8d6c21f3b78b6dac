"""What a finance officer can do with offices and member states: create them, give them codes, end pairings, see who tried what."""

from collections.abc import Callable, Sequence

from clients.pairing import attempts, store, trail
from clients.pairing.codes import Codes, new_code, normalised
from clients.pairing.models import Event, Office, Pairing
from clients.pairing.service import NotFoundError
from clients.pairing.store import Counted, Paired, transaction
from clients.pairing.trail import Who


class TakenError(Exception):
    """There is an office, or a member state, with that Customer ID."""


class ReplacedMeanwhileError(Exception):
    """The code isn't the one any more that the officer had before them."""


class Offices:
    """The use cases of finance officers. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int], codes: Codes) -> None:
        self._clock = clock
        self._codes = codes

    def list(self) -> Sequence[Counted]:
        """Return all offices, with how many people and documents each has."""
        return store.list_offices()

    def get(self, office_id: str) -> Office:
        """Return one; raises NotFoundError."""
        office = store.find_office(office_id) if office_id.isprintable() else None
        if office is None:
            raise NotFoundError
        return office

    def find(self, kind: str, customer_id: str) -> Office | None:
        """Return one by its Customer ID."""
        return store.office_with(kind, customer_id)

    def create(self, who: Who, kind: str, customer_id: str, name: str, code: str = "") -> tuple[Office, str]:
        """Return a new office and its access code, which nobody can read again; raises TakenError."""
        code = normalised(code) or new_code()
        now, office_id = self._clock(), store.new_id()
        office = Office(
            id=office_id,
            kind=kind,
            customer_id=customer_id,
            name=name,
            code_hash=self._codes.digest(office_id, code),
            code_version=1,
            code_at=now,
            created_at=now,
        )
        with transaction():
            trail.record(who, "create office", "done", at=now, kind=kind, customer_id=customer_id, detail=name)
            if not store.add_office(office):
                raise TakenError
        return self.get(office_id), code

    def replace_code(self, who: Who, office_id: str, version: int, *, end_pairings: bool) -> tuple[str, int]:
        """Return the new code, and how many pairings ended; raises NotFoundError, ReplacedMeanwhileError."""
        office, code, now = self.get(office_id), new_code(), self._clock()
        kind, customer_id = office.kind, office.customer_id
        digest = self._codes.digest(office_id, code)
        with transaction():
            ended = store.replace_code(office_id, version, digest, now=now, end_pairings=end_pairings)
            if ended is None:
                raise ReplacedMeanwhileError
            detail = f"{ended} pairings ended" if end_pairings else "pairings kept"
            trail.record(who, "replace code", "done", at=now, kind=kind, customer_id=customer_id, detail=detail)
        return code, ended

    def people(self, office_id: str) -> Sequence[Pairing]:
        """Return who is paired with an office, the newest first."""
        return store.pairings_with(office_id)

    def pairing(self, pairing_id: str) -> Paired:
        """Return anybody's pairing; raises NotFoundError."""
        found = store.find_pairing(pairing_id) if pairing_id.isprintable() else None
        if found is None:
            raise NotFoundError
        return found

    def end_pairing(self, who: Who, pairing_id: str) -> None:
        """Break anybody's pairing; raises NotFoundError."""
        pairing, office = self.pairing(pairing_id)
        kind, customer_id, username = office.kind, office.customer_id, pairing.username
        with transaction():
            if not store.delete_pairing(pairing_id):
                raise NotFoundError
            now = self._clock()
            trail.record(who, "end pairing", "done", at=now, kind=kind, customer_id=customer_id, detail=username)

    def is_slowed(self, office: Office) -> bool:
        """Tell whether many wrong codes have come for an office lately."""
        return attempts.is_slowed(office.kind, office.customer_id, self._clock())

    def events(
        self, *, attempts_only: bool = False, kind: str = "", customer_id: str = "", before: int = 0
    ) -> tuple[Sequence[Event], bool]:
        """Return a page of the trail, the newest first, and whether there is more."""
        found = trail.read(attempts_only=attempts_only, kind=kind, customer_id=customer_id, before=before)
        return found[: trail.PAGE], len(found) > trail.PAGE
