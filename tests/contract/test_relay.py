"""The relay on both engines: once, whatever happens at the same time, and never so much that it becomes a nuisance."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from idp.accounts.seed import seed_people
from idp.app import Core
from idp.notify.outbox import PURPOSE
from idp.oauth.client import Client
from idp.relay.service import TooManyError
from idp.relay.wire import Batch
from tests.support.clock import TurnedClock
from tests.support.provider import make_provider

RACERS = 8
PORTAL = Client(client_id="portal", client_name="IP Portal")
OTHER = Client(client_id="other", client_name="Other")


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock) -> Iterator[Core]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    limits = {"IDP_RELAY__MAILS_AN_HOUR": "3", "IDP_RELAY__PUSHES_AN_HOUR": "2", "IDP_RELAY__NOTICES_A_MINUTE": "200"}
    made = make_provider(tmp_path, clock, database_url=url, **limits).core
    seed_people(made.accounts, made.settings.demo_people)
    yield made
    made.database.close()


def batch(*notices: dict[str, Any]) -> Batch:
    link = "https://portal.example/messages"
    common = {"service": "Fees", "subject": "x", "link": link, "channels": ["email", "push"]}
    content = {"notices": [common | one for one in notices], "inbox": link, "settings": link}
    return Batch.model_validate_json(orjson.dumps(content))


def person(core: Core, username: str = "alice") -> str:
    row = core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
    assert row
    return str(row["id"])


def queued(core: Core) -> Counter[str]:
    rows = core.database.read().all("SELECT kind, payload FROM outbox")
    opened = (orjson.loads(core.sealer.open(row["payload"], purpose=PURPOSE)) for row in rows)
    return Counter(one.get("template", "push") for one in opened)


def race(core: Core, action: Any) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return action(number)
        finally:
            core.database.close()

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_one_notice_at_once_is_one(core: Core) -> None:
    alice = person(core)
    race(core, lambda _: core.relay.accept(PORTAL, batch({"id": "n", "sub": alice})))
    assert queued(core) == {"relayed_message": 1, "push": 1}


def test_two_services_and_the_same_people_in_other_orders(core: Core) -> None:
    people = [person(core, name) for name in ("alice", "bob", "olga", "finn", "admin")]

    def send(number: int) -> None:
        order = people if number % 2 else people[::-1]
        notices = [{"id": f"{number}-{at}", "sub": sub} for at, sub in enumerate(order)]
        core.relay.accept((PORTAL, OTHER)[number % 2], batch(*notices))

    race(core, send)
    assert queued(core) == {"relayed_message": 3 * 5, "relayed_more": 5, "push": 2 * 5}


def test_two_services_and_one_person_by_other_channels(core: Core) -> None:
    kinds = [([channel], category) for channel in ("email", "push") for category in ("message", "security")]

    def send(number: int) -> None:
        for call in range(10):
            order = kinds if number % 2 else kinds[::-1]
            notices = [
                {"id": f"{number}-{call}-{at}", "sub": alice, "channels": channels, "category": category}
                for at, (channels, category) in enumerate(order)
            ]
            core.relay.accept((PORTAL, OTHER)[number % 2], batch(*notices))

    alice = person(core)
    race(core, send)
    assert queued(core) == {"relayed_message": 6, "relayed_more": 2, "push": 4}


def test_a_flood_ends_in_one_mail_and_hides_no_security_notice(core: Core, clock: TurnedClock) -> None:
    alice, bob = person(core), person(core, "bob")
    core.relay.accept(PORTAL, batch(*({"id": f"n{number}", "sub": alice} for number in range(20))))
    assert queued(core) == {"relayed_message": 3, "relayed_more": 1, "push": 2}
    core.relay.accept(PORTAL, batch({"id": "s", "sub": alice, "category": "security"}, {"id": "b", "sub": bob}))
    assert queued(core) == {"relayed_message": 5, "relayed_more": 1, "push": 4}
    clock.forward(3601)
    core.relay.accept(PORTAL, batch({"id": "later", "sub": alice}))
    assert queued(core) == {"relayed_message": 6, "relayed_more": 1, "push": 5}


def test_a_service_that_sends_too_much_is_told_so(core: Core, clock: TurnedClock) -> None:
    for number in range(2):
        core.relay.accept(PORTAL, batch(*({"id": f"{number}-{at}", "sub": "nobody"} for at in range(100))))
    with pytest.raises(TooManyError):
        core.relay.accept(PORTAL, batch({"id": "n", "sub": person(core)}))
    core.relay.accept(OTHER, batch({"id": "n", "sub": person(core)}))
    clock.forward(61)
    # It wasn't taken, so it is new.
    core.relay.accept(PORTAL, batch({"id": "n", "sub": person(core)}))
    assert queued(core)["relayed_message"] == 2


def test_what_has_had_its_time_is_forgotten(core: Core, clock: TurnedClock) -> None:
    core.relay.accept(PORTAL, batch({"id": "n", "sub": person(core)}))
    clock.forward(15 * 24 * 3600)
    with core.database.write() as tx:
        core.relay.purge(tx)
    for table in ("relayed_notice", "relay_count"):
        row = core.database.read().one(f"SELECT count(*) AS left FROM {table}")
        assert row
        assert row["left"] == 0
