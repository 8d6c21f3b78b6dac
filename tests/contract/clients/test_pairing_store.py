"""Pairing on both engines: guessing, replaced codes, batches, and a trail that nobody can change."""

import ast
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from clients.pairing import attempts, batches, demo, store
from clients.pairing.app import create
from clients.pairing.codes import Codes
from clients.pairing.library import New
from clients.pairing.offices import Offices, ReplacedMeanwhileError, TakenError
from clients.pairing.papers import Papers, ThereAlreadyError
from clients.pairing.service import NotFoundError, Pairings, RefusedError, WrongCodeError
from clients.pairing.trail import Who
from clients.sso.db import db
from config.secrets import shared_secret
from config.settings import load_relying_party

NOW = 1_800_000_000
RACERS = 8
GUESSES = 400
FINN = Who("finn", "Finn Tanaka", "finn", "192.0.2.9")
HEADER = "customer_id,type,year,month,title,file\n"


def person(name: str, address: str = "192.0.2.1") -> Who:
    return Who(name, name.title(), name, address)


class Service:
    """The use cases, and the app that they run in."""

    def __init__(self, app: Flask, folder: Path) -> None:
        codes = Codes(shared_secret(folder / "secrets" / "pairing.codes"))
        self.now = NOW
        self.app = app
        self.pairings = Pairings(lambda: self.now, codes)
        self.offices = Offices(lambda: self.now, codes)
        self.papers = Papers(lambda: self.now)

    def tries(self, who: Who, code: str, kind: str = "office") -> str:
        try:
            return "paired" if self.pairings.pair(who, kind, demo.CUSTOMER_ID, code) else "already"
        except WrongCodeError:
            return "wrong"
        except RefusedError as refused:
            return refused.why

    def race(self, action: Callable[[int], str], times: int = RACERS) -> Counter[str]:
        def run(number: int) -> str:
            with self.app.app_context():
                return action(number)

        with ThreadPoolExecutor(RACERS) as pool:
            return Counter(pool.map(run, range(times)))

    def office(self, kind: str = "office") -> str:
        office = store.office_with(kind, demo.CUSTOMER_ID)
        assert office
        return office.id


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["PAIRING_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("pairing", environ))
    with app.app_context():
        yield Service(app, tmp_path)
        db.session.remove()
        db.engine.dispose()


def test_wrong_codes_in_parallel_lock_account_and_address_and_not_the_office(service: Service) -> None:
    mallory = person("mallory", "203.0.113.7")
    seen = service.race(lambda number: service.tries(mallory, f"WRONG{number}"), GUESSES)
    assert seen["wrong"] == attempts.ACCOUNT_TRIES
    assert seen[attempts.Refused.ACCOUNT] == GUESSES - attempts.ACCOUNT_TRIES
    # Even the right code is not looked at any more, from that account or from that address.
    assert service.tries(mallory, demo.CODE) == attempts.Refused.ACCOUNT
    assert service.tries(person("other", mallory.address), demo.CODE) == attempts.Refused.ADDRESS
    assert service.tries(person("mallory", "198.51.100.1"), demo.CODE) == attempts.Refused.ACCOUNT
    assert service.tries(person("alice"), demo.CODE) == "paired"
    # Every single one is in the trail.
    with_code = service.offices.events(attempts_only=True)[0]
    assert [one.result for one in with_code[:1]] == ["paired"]
    assert (
        db.session.execute(text("SELECT COUNT(*) FROM pairing_event WHERE action = 'pair'")).scalar_one() == GUESSES + 4
    )
    service.now += attempts.WINDOW
    assert service.tries(mallory, demo.CODE) == "paired"


def test_many_guessers_slow_the_office_and_its_staff_can_still_pair(service: Service) -> None:
    """Each with an account and an address of their own: 5 tries each at first, then 2."""

    def guess(number: int) -> str:
        who = person(f"guesser{number % 40}", f"203.0.113.{number % 40}")
        return service.tries(who, f"WRONG{number}")

    seen = service.race(guess, GUESSES)
    unslowed = 40 * attempts.ACCOUNT_TRIES
    assert 40 * attempts.SLOWED_ACCOUNT_TRIES <= seen["wrong"] < unslowed * 0.6
    assert seen[attempts.Refused.OFFICE] > 0
    office = service.offices.get(service.office())
    assert service.offices.is_slowed(office)
    staff = person("alice", "192.0.2.1")
    assert service.tries(staff, "DEMO2PAIRX") == "wrong"
    assert service.tries(staff, demo.CODE) == "paired"
    assert service.tries(person("bob", "192.0.2.1"), demo.CODE) == "paired"
    assert service.tries(person("carol"), demo.CODE, "state") == "paired"


def test_addresses_of_one_network_count_as_one() -> None:
    assert (
        attempts.network("2001:db8::1")
        == attempts.network("2001:db8:0:0:ffff::2")
        != attempts.network("2001:db8:0:1::1")
    )
    assert attempts.network("::ffff:192.0.2.1") == attempts.network("192.0.2.1") != attempts.network("192.0.2.2")
    assert attempts.network("no address") == attempts.network("") == "unknown"


def test_pairing_at_once_is_pairing_once(service: Service) -> None:
    alice = person("alice")

    def run(_: int) -> str:
        # A constraint holds it where two look at the same moment.
        try:
            return service.tries(alice, demo.CODE)
        except DBAPIError:
            db.session.rollback()
            return "collided"

    assert service.race(run, 4)["paired"] == 1
    assert len(service.pairings.list("alice")) == 1


@pytest.mark.parametrize("end_pairings", [True, False])
def test_a_replaced_code(service: Service, end_pairings: bool) -> None:
    alice, office_id = person("alice"), service.office()
    service.tries(alice, demo.CODE)
    service.tries(alice, demo.CODE, "state")
    code, ended = service.offices.replace_code(FINN, office_id, 1, end_pairings=end_pairings)
    assert ended == int(end_pairings)
    assert [one.office.kind for one in service.pairings.list("alice")] == (
        ["state"] if end_pairings else ["office", "state"]
    )
    assert service.tries(person("bob"), demo.CODE) == "wrong"
    assert service.tries(person("bob"), f" {code[:5].lower()}-{code[5:]} ") == "paired"
    with pytest.raises(ReplacedMeanwhileError):
        service.offices.replace_code(FINN, office_id, 1, end_pairings=True)


def test_nobody_stays_paired_by_a_code_that_is_being_replaced(service: Service) -> None:
    office_id = service.office()

    def run(number: int) -> str:
        if number == RACERS // 2:
            service.offices.replace_code(FINN, office_id, 1, end_pairings=True)
            return "replaced"
        return service.tries(person(f"person{number}", f"192.0.2.{number}"), demo.CODE)

    seen = service.race(run)
    assert seen["replaced"] == 1
    assert store.pairings_with(office_id) == []


def test_codes_can_not_be_read_back(service: Service) -> None:
    stored = str(db.session.execute(text("SELECT * FROM pairing_office")).all())
    events = str(db.session.execute(text("SELECT * FROM pairing_event")).all())
    service.tries(person("alice"), "SECRET9")
    assert demo.CODE not in stored + events + str(db.session.execute(text("SELECT * FROM pairing_event")).all())
    # Knowing the code and the database isn't enough to tell that they belong together.
    plain = {
        hashlib.sha256(demo.CODE.encode()).hexdigest(),
        hashlib.sha256(f"{service.office()}\0{demo.CODE}".encode()).hexdigest(),
    }
    assert not any(one in stored for one in plain)
    hashes = set(db.session.execute(text("SELECT code_hash FROM pairing_office")).scalars())
    assert len(hashes) == 2


@pytest.mark.parametrize("change", ["UPDATE pairing_event SET result = 'x'", "DELETE FROM pairing_event"])
def test_the_trail_is_append_only(service: Service, change: str) -> None:
    service.tries(person("alice"), "WRONG99")
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(change))
    db.session.rollback()


def test_one_customer_id_one_office(service: Service) -> None:
    def run(number: int) -> str:
        try:
            return service.offices.create(FINN, "office", "777777", f"Office {number}")[0].customer_id
        except TakenError:
            return "taken"

    assert service.race(run) == {"777777": 1, "taken": RACERS - 1}
    assert service.offices.create(FINN, "state", "777777", "State")


def test_a_batch_is_stored_once_and_whole(service: Service) -> None:
    contents = [demo.sample_pdf([f"file {number}"]) for number in range(4)]
    listed = HEADER + "".join(f"12345,hague,2024,{n + 1},Report {n},{n}.pdf\n" for n in range(4))
    files = [(f"{n}.pdf", BytesIO(content)) for n, content in enumerate(contents)]

    def check(_: int) -> str:
        with service.app.test_request_context():
            sent = [(name, BytesIO(stream.getvalue())) for name, stream in files]
            return repr(service.papers.check(FINN, listed.encode(), sent))

    (checked,) = service.race(check)
    batch_id, mistakes = ast.literal_eval(checked)
    assert mistakes == []
    assert len(service.papers.batch(FINN, batch_id)) == 4
    before = len(service.papers.of_office(service.office()))
    with pytest.raises(NotFoundError):
        service.papers.store_batch(person("olga"), batch_id)

    def run(_: int) -> str:
        try:
            return str(service.papers.store_batch(FINN, batch_id))
        except NotFoundError:
            return f"stored: {service.papers.stored(FINN, batch_id)}"

    assert service.race(run, 4) == {"4": 1, "stored: 4": 3}
    assert service.papers.stored(person("olga"), batch_id) == 0
    assert len(service.papers.of_office(service.office())) == before + 4
    assert db.session.execute(text("SELECT COUNT(*) FROM pairing_batch_item")).scalar_one() == 0
    document = next(one for one in service.papers.of_office(service.office()) if one.title == "Report 2")
    assert service.papers.open(document.id, None)[1] == contents[2]


def test_a_batch_with_something_that_was_stored_meanwhile_stores_nothing(service: Service) -> None:
    contents = [demo.sample_pdf([f"file {number}"]) for number in range(2)]
    listed = HEADER + "".join(f"12345,hague,2024,{n + 1},Report {n},{n}.pdf\n" for n in range(2))
    files = [(f"{n}.pdf", BytesIO(content)) for n, content in enumerate(contents)]
    with service.app.test_request_context():
        batch_id, _ = service.papers.check(FINN, listed.encode(), files)
    before = len(service.papers.of_office(service.office()))
    digest = hashlib.sha256(contents[1]).hexdigest()
    again = New(service.office(), "hague", 2024, 2, "The same", digest, contents[1])
    assert service.race(lambda _: str(service.papers.add(FINN, again))) == {"True": 1, "False": RACERS - 1}
    with pytest.raises(ThereAlreadyError):
        service.papers.add(FINN, replace(again, title="Another title"))
    with pytest.raises(batches.StoredMeanwhileError):
        service.papers.store_batch(FINN, batch_id)
    assert len(service.papers.of_office(service.office())) == before + 1
    service.now += 3601
    with pytest.raises(NotFoundError):
        service.papers.batch(FINN, batch_id)
