import pytest

from config.settings import DemoPerson
from idp.accounts.passwords import Passwords
from idp.accounts.seed import seed_people
from tests.support.people import People

ALICE = DemoPerson(username="alice", name="Alice Archer", email="alice@example.org", roles=("officer",))


def test_made_once(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_people(people.accounts, [ALICE])
    monkeypatch.setattr(Passwords, "hash", lambda *_given: pytest.fail("hashed"))
    seed_people(people.accounts, [ALICE])
    assert people.count("account") == 1
