"""The relay on both engines: once, whatever happens at the same time, and never so much that it becomes a nuisance."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from idp.accounts.seed import seed_people
from idp.app import Provider
from idp.notify.outbox import PURPOSE
from idp.notify.worker import Message
from idp.oauth.client import Client
from idp.oauth.service_guard import ServiceCaller
from idp.relay.service import RELAYED_NOTICE, TooManyError
from idp.relay.telling import RelayedNoticeHandler
from idp.relay.wire import Batch
from tests.support.clock import TurnedClock
from tests.support.provider import make_provider

RACERS = 8
_ALL = frozenset({"notices:write", "notices:security"})
PORTAL = ServiceCaller(Client(client_id="portal", client_name="IP Portal"), _ALL)
OTHER = ServiceCaller(Client(client_id="other", client_name="Other"), _ALL)


class House:
    """A provider; `told` is what reached devices, by account."""

    def __init__(self, provider: Provider) -> None:
        core = self.core = provider.core
        self.told: list[str] = []
        self.accept = core.relay.accept
        self._handler = RelayedNoticeHandler(
            provider.flask, core.database, core.outbox, devices=self, limits=core.settings.relay, clock=core.clock  # type: ignore[arg-type]
        )  # fmt: skip

    def send(self, _tx: Any, account_id: str, _content: Any, **_options: Any) -> int:
        self.told.append(account_id)
        return 1

    def person(self, username: str = "alice") -> str:
        row = self.core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
        assert row
        return str(row["id"])

    def messages(self, kind: str) -> list[Message]:
        rows = self.core.database.read().all("SELECT id, payload FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)
        opened = [orjson.loads(self.core.sealer.open(row["payload"], purpose=PURPOSE)) for row in rows]
        return [Message(row["id"], payload, 0) for row, payload in zip(rows, opened, strict=True)]

    def tell(self) -> None:
        """Deliver everything that was ever taken, in any order, as workers might that die before they can note it."""
        messages = self.messages(RELAYED_NOTICE)
        random.shuffle(messages)
        for message in messages:
            self._handler.deliver(message)

    def mails(self) -> Counter[str]:
        return Counter(one.payload["template"] for one in self.messages("mail"))

    def race(self, action: Any) -> None:
        def run(number: int) -> None:
            try:
                action(number)
            finally:
                self.core.database.close()

        with ThreadPoolExecutor(RACERS) as pool:
            list(pool.map(run, range(RACERS)))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock) -> Iterator[House]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("provider_database")
    limits = {"IDP_RELAY__MAILS_AN_HOUR": "3", "IDP_RELAY__PUSHES_AN_HOUR": "2", "IDP_RELAY__NOTICES_A_MINUTE": "200"}
    made = make_provider(tmp_path, clock, database_url=url, **limits)
    seed_people(made.core.accounts, made.core.settings.demo_people)
    yield House(made)
    made.core.database.close()


def batch(*notices: dict[str, Any]) -> Batch:
    link = "https://portal.example/messages"
    common = {"subject": "x", "link": link, "channels": ["email", "push"]}
    content = {"notices": [common | one for one in notices], "inbox": link, "settings": link}
    return Batch.model_validate_json(orjson.dumps(content))


def test_one_notice_at_once_is_one(house: House) -> None:
    alice = house.person()
    house.race(lambda _: house.accept(PORTAL, batch({"id": "n", "sub": alice})))
    house.race(lambda _: house.tell())
    assert house.mails() == {"relayed_message": 1}
    assert house.told == [alice]


def test_nobody_waits_in_a_circle(house: House) -> None:
    """Two services write to the same people, by each channel and about everything, while all workers tell them."""
    people = [house.person(name) for name in ("alice", "bob", "olga")]
    kinds = [([channel], category) for channel in ("email", "push") for category in ("message", "security")]
    each = [{"sub": sub, "channels": channels, "category": kind} for sub in people for channels, kind in kinds]

    def work(number: int) -> None:
        order = each if number % 4 > 1 else each[::-1]
        notices = [one | {"id": f"{number}-{at}"} for at, one in enumerate(order)]
        house.accept((PORTAL, OTHER)[number % 2], batch(*notices))
        house.tell()

    house.race(work)
    house.tell()
    # For each person 3 of 8 mails about messages and one that says there is more, 2 of 8 pushes; about security as many from each of the two.
    assert house.mails() == {"relayed_message": 27, "relayed_more": 9}
    assert Counter(house.told) == dict.fromkeys(people, 6)


def test_a_flood_ends_in_one_mail_and_hides_no_security_notice(house: House, clock: TurnedClock) -> None:
    alice, bob = house.person(), house.person("bob")
    house.accept(PORTAL, batch(*({"id": f"n{number}", "sub": alice} for number in range(20))))
    house.tell()
    assert (house.mails(), len(house.told)) == ({"relayed_message": 3, "relayed_more": 1}, 2)
    house.accept(PORTAL, batch({"id": "s", "sub": alice, "category": "security"}, {"id": "b", "sub": bob}))
    house.tell()
    assert (house.mails(), len(house.told)) == ({"relayed_message": 5, "relayed_more": 1}, 4)
    clock.forward(3601)
    house.accept(PORTAL, batch({"id": "later", "sub": alice}))
    house.tell()
    assert (house.mails(), len(house.told)) == ({"relayed_message": 6, "relayed_more": 1}, 5)


def test_a_flood_about_security_hides_no_other_services(house: House) -> None:
    alice = house.person()
    house.accept(PORTAL, batch(*({"id": f"n{at}", "sub": alice, "category": "security"} for at in range(20))))
    house.tell()
    assert (house.mails(), len(house.told)) == ({"relayed_message": 3, "relayed_more": 1}, 2)
    house.accept(OTHER, batch({"id": "s", "sub": alice, "category": "security"}))
    house.tell()
    assert (house.mails(), len(house.told)) == ({"relayed_message": 4, "relayed_more": 1}, 3)


def test_a_flood_of_messages_keeps_no_notice_about_security_from_being_taken(house: House) -> None:
    for number in range(2):
        house.accept(PORTAL, batch(*({"id": f"{number}-{at}", "sub": "nobody"} for at in range(100))))
    with pytest.raises(TooManyError):
        house.accept(PORTAL, batch({"id": "n", "sub": house.person()}))
    house.accept(PORTAL, batch({"id": "s", "sub": house.person(), "category": "security"}))
    house.tell()
    assert house.mails() == {"relayed_message": 1}


def test_a_service_that_sends_too_much_is_told_so(house: House, clock: TurnedClock) -> None:
    notice = {"id": "n", "sub": house.person()}
    for number in range(2):
        house.accept(PORTAL, batch(*({"id": f"{number}-{at}", "sub": "nobody"} for at in range(100))))
    with pytest.raises(TooManyError):
        house.accept(PORTAL, batch(notice))
    house.accept(OTHER, batch(notice))
    clock.forward(61)
    # It wasn't taken, so it is new.
    house.accept(PORTAL, batch(notice))
    house.tell()
    assert house.mails()["relayed_message"] == 2


def test_what_has_had_its_time_is_forgotten(house: House, clock: TurnedClock) -> None:
    house.accept(PORTAL, batch({"id": "n", "sub": house.person()}))
    house.tell()
    clock.forward(15 * 24 * 3600)
    with house.core.database.write() as tx:
        house.core.relay.purge(tx)
    for table in ("relayed_notice", "relay_count"):
        row = house.core.database.read().one(f"SELECT count(*) AS left FROM {table}")
        assert row
        assert row["left"] == 0
