from dataclasses import replace

import pytest

from idp.accounts.confirmations import Unproven
from idp.accounts.passwords import Problem
from idp.accounts.sign_in import Refused, Verified
from idp.db import Tx
from tests.support.people import HERE, PASSWORD, People, token_of

NEW = "seven green lanterns drift"
WAITING = 3 * 24 * 3600


def verify(people: People, password: str) -> Verified | Refused:
    return people.accounts.sign_in.verify("carla", password, ip=None, user_agent=None)


@pytest.mark.parametrize("identifier", ["carla", "CARLA@example.org"])
def test_a_new_password_by_link(people: People, identifier: str) -> None:
    account_id = people.create()
    session = people.start(account_id)
    people.accounts.recovery.forgot_password(identifier, HERE)
    token, _ = people.proof()
    assert people.accounts.recovery.reset_by_link(token, "carla", HERE) is Problem.TOO_SHORT
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is None
    assert people.accounts.recovery.reset_by_link(token, PASSWORD, HERE) is Unproven.SPENT
    assert isinstance(verify(people, NEW), Verified)
    assert verify(people, PASSWORD) == Refused("wrong")
    assert people.accounts.sessions.find(session) is None
    assert [mail["template"] for mail in people.post()] == ["password_reset"]


def test_a_new_password_by_code(people: People) -> None:
    people.create()
    confirmation_id = people.accounts.recovery.forgot_password("carla", HERE)
    _, code = people.proof()
    assert people.accounts.recovery.reset_by_code(confirmation_id, "x", NEW, HERE) is Unproven.WRONG
    assert people.accounts.recovery.reset_by_code(confirmation_id, code, NEW, HERE) is None
    assert isinstance(verify(people, NEW), Verified)


def test_an_hour_and_no_longer(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()
    people.now += 3600
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is Unproven.SPENT


def test_nobody_and_somebody_cost_the_same_statements(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    statements: list[str] = []
    for name in ("one", "all", "run"):
        real = getattr(Tx, name)
        monkeypatch.setattr(Tx, name, lambda tx, sql, _real=real, **p: statements.append(sql) or _real(tx, sql, **p))
    seen = []
    for identifier in ("carla", "nobody", "carla@example.org", "nobody@example.org"):
        statements.clear()
        people.accounts.recovery.forgot_password(identifier, HERE)
        seen.append(list(statements))
        statements.clear()
        people.accounts.recovery.forgot_username(identifier, HERE)
        seen.append(list(statements))
    assert seen[0] == seen[2] == seen[4] == seen[6]
    assert seen[1] == seen[3] == seen[5] == seen[7]
    assert not any("account" in sql.split("WHERE")[0] for sql in seen[0] if "FROM" in sql and "rate_limit" not in sql)


def test_codes_for_nobody_answer_as_wrong_codes_do(people: People) -> None:
    people.create()
    recovery = people.accounts.recovery
    known, unknown = recovery.forgot_password("carla", HERE), recovery.forgot_password("nobody", HERE)
    assert [mail["to"] for mail in people.post()] == ["carla@example.org"]
    for _ in range(7):
        answers = {recovery.reset_by_code(each, "000 000x", NEW, HERE) for each in (known, unknown)}
        assert len(answers) == 1


def test_the_job_that_runs_twice_sends_once(people: People) -> None:
    people.create()
    confirmation_id = people.accounts.recovery.forgot_password("carla", HERE)
    assert len(people.post()) == 1
    job = people.accounts.jobs["accounts.forgotten_password"]
    job._run(people.database.read(), {"identifier": "carla", "confirmation_id": confirmation_id})  # type: ignore[attr-defined]
    assert people.post() == []


def test_usernames_by_mail(people: People) -> None:
    account_id = people.create()
    people.create("dora", "dora@example.org")
    people.add_recovery_email(account_id, "dora@example.org")
    people.now += WAITING
    for address in ("carla@example.org", "Dora@example.org", "nobody@example.org", "not an address"):
        people.accounts.recovery.forgot_username(address, HERE)
    assert {mail["to"]: mail["context"]["usernames"] for mail in people.post()} == {
        "carla@example.org": ["carla"],
        "dora@example.org": ["dora", "carla"],
    }


def test_the_recovery_address_waits_before_it_recovers(people: People) -> None:
    people.add_recovery_email(people.create())
    recovery = people.accounts.recovery
    recovery.forgot_password("spare@example.net", HERE)
    recovery.forgot_username("spare@example.net", HERE)
    assert people.post() == []
    people.now += WAITING
    recovery.forgot_password("spare@example.net", HERE)
    (mail,) = people.post()
    assert mail["to"] == "spare@example.net"
    assert recovery.reset_by_link(token_of(mail), NEW, HERE) is None
    assert sorted(mail["to"] for mail in people.post()) == ["carla@example.org", "spare@example.net"]


def test_a_username_writes_to_both_addresses(people: People) -> None:
    people.add_recovery_email(people.create())
    people.now += WAITING
    people.accounts.recovery.forgot_password("carla", HERE)
    assert sorted(mail["to"] for mail in people.post()) == ["carla@example.org", "spare@example.net"]


def test_a_shared_recovery_address_recovers_each_account_by_its_own_link(people: People) -> None:
    for name in ("carla", "dora"):
        people.add_recovery_email(people.create(name, f"{name}@example.org"), "office@example.net")
    people.now += WAITING
    people.accounts.recovery.forgot_password("office@example.net", HERE)
    mails = {mail["context"]["username"]: mail for mail in people.post()}
    assert set(mails) == {"carla", "dora"}
    assert people.accounts.recovery.reset_by_link(token_of(mails["dora"]), NEW, HERE) is None
    assert verify(people, NEW) == Refused("wrong")


def test_a_mail_tells_where_and_in_which_browser(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    people.accounts.recovery.reset_by_link(people.proof()[0], NEW, replace(HERE, ip="198.51.100.4"))
    (mail,) = people.post()
    assert mail["context"]["where"] == "198.51.100.4"
    assert mail["context"]["browser"] == "Firefox, Linux"
    assert mail["context"]["when"] == "Jan 15, 2027, 8:00\u202fAM UTC"
