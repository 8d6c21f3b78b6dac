from dataclasses import replace

import pytest

from config.tuning import REPEATED_WITHIN
from idp.accounts.notices import Where
from idp.accounts.passwords import Problem
from idp.accounts.proofs import Unproven
from idp.accounts.sign_in import Refused, Verified
from idp.db import Tx
from idp.errors import PageError
from tests.support.people import HERE, PASSWORD, People, other_than, token_of

NEW = "seven green lanterns drift"
WAITING = 3 * 24 * 3600


def verify(people: People, password: str) -> Verified | Refused:
    return people.accounts.sign_in.verify("carla", password, ip=None, user_agent=None)


def elsewhere(number: int) -> Where:
    return replace(HERE, ip=f"203.0.113.{number}")


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list that every statement is added to from now on."""
    statements: list[str] = []
    for name in ("one", "all", "run"):
        real = getattr(Tx, name)
        monkeypatch.setattr(Tx, name, lambda tx, sql, _real=real, **p: statements.append(sql) or _real(tx, sql, **p))
    return statements


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
    recovery = people.accounts.recovery
    confirmation_id = recovery.forgot_password("carla", HERE)
    _, code = people.proof()
    assert recovery.prove_code(confirmation_id, other_than(code), HERE) is None
    secret = recovery.prove_code(confirmation_id, code.lower(), HERE)
    assert secret
    assert recovery.reset_by_proof(secret, NEW, HERE) is None
    assert recovery.reset_by_proof(secret, PASSWORD, HERE) is Unproven.SPENT
    assert isinstance(verify(people, NEW), Verified)


def test_a_weak_password_uses_up_no_right_code(people: People) -> None:
    people.create()
    recovery = people.accounts.recovery
    confirmation_id = recovery.forgot_password("carla", HERE)
    secret = recovery.prove_code(confirmation_id, people.proof()[1], HERE)
    assert secret
    for weak, problem in (("short", Problem.TOO_SHORT), ("carla carla carla", Problem.TOO_EASY)):
        assert recovery.reset_by_proof(secret, weak, HERE) is problem
    assert recovery.reset_by_proof(secret, NEW, HERE) is None


def test_a_code_that_was_proven_is_proven_nowhere_else(people: People) -> None:
    people.create()
    recovery = people.accounts.recovery
    first, second = recovery.forgot_password("carla", HERE), recovery.forgot_password("carla@example.org", HERE)
    code = people.post()[0]["context"]["code"]
    assert recovery.prove_code(first, code, HERE)
    assert recovery.prove_code(first, code, HERE) is None
    assert recovery.prove_code(second, code, HERE) is None


def test_after_the_code_there_is_time_to_choose_a_password(people: People) -> None:
    people.create()
    recovery = people.accounts.recovery
    confirmation_id = recovery.forgot_password("carla", HERE)
    _, code = people.proof()
    people.now += 3599
    secret = recovery.prove_code(confirmation_id, code, HERE)
    assert secret
    people.now += 600
    assert recovery.reset_by_proof(secret, "too short", HERE) is Problem.TOO_SHORT
    people.now += 600
    assert recovery.reset_by_proof(secret, NEW, HERE) is Unproven.SPENT


def test_a_spent_reset_costs_no_hash_and_no_meter(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is None
    # Until then the same link with the same password is a double click, and gets the same answer.
    people.now += REPEATED_WITHIN + 1
    for name in ("hash", "verify", "check_strength"):
        monkeypatch.setattr(people.accounts.passwords, name, lambda *_given, **_more: pytest.fail("judged or hashed"))
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is Unproven.SPENT
    assert people.accounts.recovery.reset_by_link("made-up", NEW, HERE) is Unproven.SPENT
    assert people.accounts.recovery.reset_by_proof("made-up", NEW, HERE) is Unproven.SPENT
    confirmation_id = people.accounts.recovery.forgot_password("carla", HERE)
    assert people.accounts.recovery.prove_code(confirmation_id, "2222-2222", HERE) is None


def test_passwords_by_one_link_are_counted_before_they_are_judged(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()
    for _ in range(6):
        assert people.accounts.recovery.reset_by_link(token, "too short", HERE) is Problem.TOO_SHORT
    with pytest.raises(PageError) as caught:
        people.accounts.recovery.reset_by_link(token, NEW, HERE)
    assert caught.value.status == 429
    people.now += 180
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is None


def test_with_a_second_step_eight_characters_are_enough(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()
    assert people.accounts.recovery.reset_by_link(token, "x7#Lq9!vR2", HERE) is Problem.TOO_SHORT
    people.accounts.new_password.has_second_step = lambda _account_id: True
    assert people.accounts.recovery.reset_by_link(token, "x7#Lq9!", HERE) is Problem.TOO_SHORT
    assert people.accounts.recovery.reset_by_link(token, "x7#Lq9!vR2", HERE) is None


def test_an_hour_and_no_longer(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()
    people.now += 3600
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is Unproven.SPENT


def test_nobody_and_somebody_cost_the_same_statements(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create()
    statements = recorded(monkeypatch)
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
    for number in range(14):
        people.now += 900
        assert [recovery.prove_code(each, "2222-2222", HERE) for each in (known, unknown)] == [None, None], number


def test_a_code_for_nobody_costs_the_same_statements_as_a_wrong_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.create()
    recovery = people.accounts.recovery
    asked = [recovery.forgot_password(name, elsewhere(n)) for n, name in enumerate(("carla", "carla", "nobody"))]
    people.post()
    seen = recorded(monkeypatch)
    for _ in range(12):
        statements = []
        for each in asked[1:]:
            seen.clear()
            recovery.prove_code(each, "2222-2222", HERE)
            statements.append(list(seen))
        assert statements[0] == statements[1]
        people.now += 900


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
