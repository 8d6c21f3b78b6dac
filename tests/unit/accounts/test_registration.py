import pytest

from idp.accounts.confirmations import KEPT, MAX_ATTEMPTS, MAX_SENT, RESEND_AFTER, Unproven
from idp.accounts.passwords import Problem
from idp.accounts.registration import Created, IdentifierTakenError, Taken
from idp.accounts.sign_in import Verified
from idp.errors import PageError
from tests.support.people import HERE, PASSWORD, People, token_of


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_nothing_exists_before_the_address_is_confirmed(people: People) -> None:
    confirmation_id = people.sign_up(next_path="/sign-in/01abc")
    assert people.count("account") == people.count("email_address") == 0
    _, code = people.proof()
    created = people.accounts.registration.confirm_code(confirmation_id, f" {code[:3]} {code[3:]} ", HERE)
    assert isinstance(created, Created)
    assert created.next_path == "/sign-in/01abc"
    assert isinstance(people.accounts.sign_in.verify("carla", PASSWORD, ip=None, user_agent=None), Verified)
    claims = people.accounts.claims.for_subject(created.account_id)
    assert claims
    assert (claims["email"], claims["email_verified"]) == ("carla@example.org", True)
    assert [mail["template"] for mail in people.post()] == ["welcome"]


def test_the_link_works_once_and_then_the_code_is_spent_too(people: People) -> None:
    confirmation_id = people.sign_up()
    token, code = people.proof()
    registration = people.accounts.registration
    assert isinstance(registration.confirm_link(token, HERE), Created)
    assert registration.confirm_link(token, HERE) is Unproven.SPENT
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.SPENT
    assert people.count("account") == 1


def test_wrong_codes_are_counted(people: People) -> None:
    confirmation_id = people.sign_up()
    _, code = people.proof()
    answers = [
        people.accounts.registration.confirm_code(confirmation_id, other_than(code), HERE) for _ in range(MAX_ATTEMPTS)
    ]
    assert answers == [Unproven.WRONG] * (MAX_ATTEMPTS - 1) + [Unproven.SPENT]
    assert people.accounts.registration.confirm_code(confirmation_id, code, HERE) is Unproven.SPENT


def test_the_code_of_one_confirmation_is_nothing_for_another(people: People) -> None:
    people.sign_up()
    _, code = people.proof()
    other = people.sign_up("dora", "dora@example.org")
    if people.proof()[1] != code:
        assert people.accounts.registration.confirm_code(other, code, HERE) is Unproven.WRONG


def test_what_was_typed_is_sealed(people: People) -> None:
    people.sign_up()
    row = people.database.read().one("SELECT * FROM confirmation")
    assert row
    assert "Carla" not in str(dict(row))
    assert "argon2" not in str(dict(row))


def test_an_address_with_an_account_gets_the_same_answer_and_another_mail(people: People) -> None:
    people.create()
    before = people.count("account")
    taken, free = people.sign_up("dora"), people.sign_up("emil", "emil@example.org")
    assert len(taken) == len(free) == 26
    mails = {mail["to"]: mail["template"] for mail in people.post()}
    assert mails == {"carla@example.org": "account_exists", "emil@example.org": "confirm_sign_up"}
    people.now += RESEND_AFTER
    assert people.accounts.registration.resend(taken)
    assert [mail["template"] for mail in people.post()] == ["account_exists"]
    assert people.count("account") == before


def test_as_many_statements_for_a_taken_address(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from idp.db import Tx

    people.create()
    statements: list[str] = []
    for name in ("one", "all", "run"):
        real = getattr(Tx, name)
        monkeypatch.setattr(Tx, name, lambda tx, sql, _real=real, **p: statements.append(sql) or _real(tx, sql, **p))
    people.sign_up("dora")
    taken = list(statements)
    statements.clear()
    people.sign_up("emil", "emil@example.org")
    assert taken == statements


def test_who_confirms_first_has_the_name_and_the_address(people: People) -> None:
    first, second, third = people.sign_up(), people.sign_up(email="dora@example.org"), people.sign_up("emil")
    by_name = {(mail["to"], mail["context"]["username"]): mail["context"]["code"] for mail in people.post()}
    codes = [
        by_name[key]
        for key in (("carla@example.org", "carla"), ("dora@example.org", "carla"), ("carla@example.org", "emil"))
    ]
    registration = people.accounts.registration
    assert isinstance(registration.confirm_code(second, codes[1], HERE), Created)
    assert registration.confirm_code(first, codes[0], HERE) is Taken.USERNAME
    assert isinstance(registration.confirm_code(third, codes[2], HERE), Created)
    assert registration.confirm_code(first, codes[0], HERE) is Taken.USERNAME
    assert people.count("account") == people.count("email_address") == 2


def test_a_taken_username_or_a_bad_password_is_said(people: People) -> None:
    people.create()
    assert people.sign_up("CARLA", "dora@example.org") is Taken.USERNAME  # type: ignore[comparison-overlap]
    assert people.sign_up("dora", password="dora carla example") is Problem.TOO_EASY  # type: ignore[comparison-overlap]
    assert people.post() == []


def test_mails_come_slower_the_more_are_asked_for(people: People) -> None:
    for number in range(6):
        people.sign_up(f"carla{number}")
    with pytest.raises(PageError) as caught:
        people.sign_up("carla6")
    assert caught.value.status == 429
    assert caught.value.retry_after
    people.sign_up("dora", "dora@example.org")


def test_an_expired_link_can_be_renewed_within_a_week(people: People) -> None:
    confirmation_id = people.sign_up()
    token, code = people.proof()
    people.now += 24 * 3600
    registration = people.accounts.registration
    assert registration.confirm_link(token, HERE) is Unproven.SPENT
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.SPENT
    assert registration.resend(confirmation_id)
    assert isinstance(registration.confirm_link(people.proof()[0], HERE), Created)


def test_resending_waits_and_replaces(people: People) -> None:
    confirmation_id, registration = people.sign_up(), people.accounts.registration
    token, _ = people.proof()
    assert not registration.resend(confirmation_id)
    people.now += RESEND_AFTER
    assert registration.resend(confirmation_id)
    assert registration.confirm_link(token, HERE) is Unproven.SPENT
    sent, tokens = 2, people.post()
    for _ in range(MAX_SENT):
        people.now += RESEND_AFTER
        sent += registration.resend(confirmation_id)
        tokens = people.post() or tokens
    assert sent == MAX_SENT
    assert isinstance(registration.confirm_link(token_of(tokens[0]), HERE), Created)


def test_what_nobody_confirms_is_forgotten(people: People) -> None:
    confirmation_id = people.sign_up()
    people.now += KEPT + 1
    assert not people.accounts.registration.resend(confirmation_id)
    people.accounts.purge()
    assert people.count("confirmation") == 0


def test_an_administrator_creates_accounts(people: People) -> None:
    account_id = people.create(roles=("admin", "finance"), actor="cli")
    claims = people.accounts.claims.for_subject(account_id)
    assert claims
    assert claims["roles"] == ["admin", "finance"]
    with pytest.raises(IdentifierTakenError):
        people.create(email="dora@example.org")
    with pytest.raises(IdentifierTakenError):
        people.create("dora")
    assert people.count("account") == 1
