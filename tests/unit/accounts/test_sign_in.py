from concurrent.futures import ThreadPoolExecutor

import nacl.pwhash.argon2id
import pytest

from idp.accounts.passwords import Passwords
from idp.accounts.sign_in import Refused, Verified
from idp.db import Tx
from tests.support.people import HERE, PASSWORD, People


def verify(people: People, identifier: str, password: str = PASSWORD, ip: str = "192.0.2.7") -> Verified | Refused:
    return people.accounts.sign_in.verify(identifier, password, ip=ip, user_agent="test")


@pytest.mark.parametrize("identifier", ["carla", " CARLA ", "carla@example.org", "Carla@Example.org"])
def test_username_or_address(people: People, identifier: str) -> None:
    assert verify(people, identifier) == Refused("wrong")
    account_id = people.create()
    assert verify(people, identifier) == Verified(account_id, "carla")


def test_no_password_has_to_be_changed_because_it_is_old(people: People) -> None:
    account_id = people.create()
    people.now += 10 * 365 * 24 * 3600
    assert verify(people, "carla") == Verified(account_id, "carla")


def test_unknown_and_known_accounts_cost_the_same(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    calls: list[str] = []
    real = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: calls.append("hash") or real(*given))
    assert verify(people, "carla", "wrong") == verify(people, "nobody", "wrong") == Refused("wrong")
    assert calls == ["hash", "hash"]


def test_guesses_run_out_alike_for_unknown_accounts(people: People) -> None:
    people.create()
    seen = {}
    for number, identifier in enumerate(("carla", "nobody")):
        seen[identifier] = [verify(people, identifier, "wrong", ip=f"192.0.2.{number}") for _ in range(9)]
    assert seen["carla"] == seen["nobody"]
    assert [one.reason for one in seen["carla"]] == ["wrong"] * 5 + ["mail"] * 3 + ["wait"]  # type: ignore[union-attr]
    # The right password is told from a wrong one by mail only; and never for good.
    assert verify(people, "carla", ip="192.0.2.9") == Refused("mail")
    people.now += 900
    assert isinstance(verify(people, "carla"), Verified)


def test_known_and_unknown_accounts_cost_the_same_statements(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    statements: list[str] = []
    for name in ("one", "all", "run"):
        real = getattr(Tx, name)
        monkeypatch.setattr(Tx, name, lambda tx, sql, _real=real, **p: statements.append(sql) or _real(tx, sql, **p))
    seen = []
    people.accounts.failure_rate.level()  # read every few seconds, whoever it is about
    for number, identifier in enumerate(("carla", "nobody")):
        statements.clear()
        for _ in range(9):
            verify(people, identifier, "wrong", ip=f"192.0.2.{number}")
        people.accounts.sign_in_codes.request(f"i{number}", identifier, "wrong", HERE, remember=False)
        people.accounts.sign_in_codes.consume(f"i{number}", "2222-2222")
        seen.append(list(statements))
    assert seen[0] == seen[1]


def test_forty_guesses_at_once_are_five_looks(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    looks: list[str] = []
    real = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: looks.append("look") or real(*given))

    def guess(number: int) -> None:
        verify(people, ("carla", "CARLA", "carla@example.org")[number % 3], "wrong", ip=f"192.0.2.{number}")
        people.database.close()

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(guess, range(40)))
    assert len(looks) == 5


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
