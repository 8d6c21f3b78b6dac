import nacl.pwhash.argon2id
import pytest

from idp.accounts.passwords import Passwords
from idp.accounts.sign_in import Refused, Verified
from tests.support.people import PASSWORD, People


def verify(people: People, identifier: str, password: str = PASSWORD, ip: str = "192.0.2.7") -> Verified | Refused:
    return people.accounts.sign_in.verify(identifier, password, ip=ip, user_agent="test")


@pytest.mark.parametrize("identifier", ["carla", " CARLA ", "carla@example.org", "Carla@Example.org"])
def test_username_or_address(people: People, identifier: str) -> None:
    assert verify(people, identifier) == Refused("wrong")
    account_id = people.create()
    assert verify(people, identifier) == Verified(account_id, "carla")


def test_unknown_and_known_accounts_cost_the_same(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    calls: list[str] = []
    real = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: calls.append("hash") or real(*given))
    assert verify(people, "carla", "wrong") == verify(people, "nobody", "wrong") == Refused("wrong")
    assert calls == ["hash", "hash"]


def test_guesses_slow_down_alike_for_unknown_accounts(people: People) -> None:
    people.create()
    waits = {}
    for identifier in ("carla", "nobody"):
        for _ in range(8):
            outcome = verify(people, identifier, "wrong", ip=f"192.0.2.{len(waits)}")
        waits[identifier] = outcome
    assert waits["carla"] == waits["nobody"]
    assert waits["carla"].reason == "wait"  # type: ignore[union-attr]
    # Even the right password waits, otherwise the waiting would be no obstacle; and never for good.
    assert isinstance(verify(people, "carla"), Refused)
    people.now += 900
    assert isinstance(verify(people, "carla"), Verified)


def test_waiting_costs_no_hash(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(8):
        verify(people, "nobody", "wrong")
    monkeypatch.setattr(Passwords, "verify", lambda *_given: pytest.fail("hashed"))
    assert isinstance(verify(people, "nobody", "wrong"), Refused)


def test_a_stale_hash_is_replaced(people: People) -> None:
    account_id = people.create()
    stale = nacl.pwhash.argon2id.str(PASSWORD.encode(), opslimit=1, memlimit=16 * 1024).decode()
    with people.database.write() as tx:
        tx.run("UPDATE account SET password_hash = :stale", stale=stale)
    assert isinstance(verify(people, "carla"), Verified)
    row = people.accounts.profile.read(account_id)
    assert row
    assert "m=8,t=1" in row["password_hash"]
    assert isinstance(verify(people, "carla"), Verified)


def test_disabled_is_said_only_to_who_has_the_password(people: People) -> None:
    people.create()
    with people.database.write() as tx:
        tx.run("UPDATE account SET status = 'disabled'")
    assert verify(people, "carla", "wrong") == Refused("wrong")
    assert verify(people, "carla") == Refused("disabled")


def test_what_was_typed_is_not_in_the_audit_trail(people: People) -> None:
    verify(people, "my-secret-in-the-wrong-field", "wrong")
    assert people.events() == ["sign_in.refused"]
    rows = people.database.read().all("SELECT * FROM audit_event")
    assert "my-secret" not in str([dict(row) for row in rows])
