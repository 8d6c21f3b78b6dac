import contextlib
from dataclasses import replace

import pytest

from idp.accounts.confirmations import KEPT, RESEND_AFTER
from idp.accounts.passwords import Problem
from idp.accounts.proofs import Unproven
from idp.accounts.registration import Created, IdentifierTakenError, SignUp, Taken
from idp.accounts.sign_in import Verified
from idp.errors import PageError
from tests.support.people import HERE, PASSWORD, People, other_than, token_of


def typed(username: str, email: str = "carla@example.org") -> SignUp:
    return SignUp(name="Carla Example", username=username, email=email, password=PASSWORD, locale="en", country="CH")


def test_nothing_exists_before_the_address_is_confirmed(people: People) -> None:
    confirmation_id = people.sign_up(next_path="/sign-in/01abc")
    assert people.count("account") == people.count("email_address") == 0
    _, code = people.proof()
    created = people.accounts.registration.confirm_code(confirmation_id, f" {code[:4].lower()} - {code[5:]} ", HERE)
    assert isinstance(created, Created)
    assert created.next_path == "/sign-in/01abc"
    assert isinstance(people.accounts.sign_in.verify("carla", PASSWORD, ip=None, user_agent=None), Verified)
    claims = people.accounts.claims.for_subject(created.account_id)
    assert claims
    assert (claims["email"], claims["email_verified"]) == ("carla@example.org", True)
    assert [mail["template"] for mail in people.post()] == ["welcome"]


@pytest.mark.parametrize("other", ["anna1", "annai", "ANNAl", "annaI"])
def test_nobody_gets_a_name_that_looks_like_anothers(people: People, other: str) -> None:
    people.create("annal", "annal@example.org")
    assert people.accounts.registration.begin(typed(other), HERE) is Taken.USERNAME
    with pytest.raises(IdentifierTakenError):
        people.create(other, "other@example.org")


def test_who_confirms_first_has_the_names_that_look_alike(people: People) -> None:
    for username in ("annal", "anna1"):
        people.sign_up(username, f"{username}@example.org")
    tokens = [token_of(mail) for mail in people.post()]
    registration = people.accounts.registration
    assert isinstance(registration.confirm_link(tokens[0], HERE), Created)
    assert registration.confirm_link(tokens[1], HERE) is Taken.USERNAME


def test_only_the_staff_are_called_like_them(people: People) -> None:
    assert people.accounts.registration.begin(typed("helpdesk1"), HERE) is Taken.RESERVED
    assert people.create("helpdesk", "helpdesk@example.org")


def test_the_link_works_once_and_then_the_code_is_spent_too(people: People) -> None:
    confirmation_id = people.sign_up()
    token, code = people.proof()
    registration = people.accounts.registration
    assert isinstance(registration.confirm_link(token, HERE), Created)
    assert registration.confirm_link(token, HERE) is Unproven.SPENT
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.SPENT
    assert people.count("account") == 1


def test_no_more_than_ten_wrong_codes_a_day_are_looked_at_for_one_address(people: People) -> None:
    """However many sign-ups there are for it; the link works all the same, and the next mail says what happened."""
    registration = people.accounts.registration
    asked = [people.sign_up(name, f"{spelling}@example.org") for name, spelling in (("eve", "carla"), ("eva", "CARLA"))]
    mails = people.post()
    code = mails[0]["context"]["code"]
    answers = [registration.confirm_code(asked[number % 2], other_than(code), HERE) for number in range(12)]
    assert answers == [Unproven.WRONG] * 10 + [Unproven.OFF] * 2
    assert registration.confirm_code(asked[0], code, HERE) is Unproven.OFF
    assert people.count("account") == 0

    people.now += RESEND_AFTER
    assert registration.resend(asked[0])
    (mail,) = people.post()
    assert (mail["context"]["code"], mail["context"]["guessed"]) == ("", True)
    assert isinstance(registration.confirm_link(token_of(mail), HERE), Created)


def test_wrong_codes_are_forgotten_one_a_day(people: People) -> None:
    registration, confirmation_id = people.accounts.registration, people.sign_up()
    _, code = people.proof()
    for _ in range(10):
        registration.confirm_code(confirmation_id, other_than(code), HERE)
        people.now += 3600
    people.now += 13 * 3600
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.OFF
    people.now += 3600
    assert registration.resend(confirmation_id)
    assert people.proof()[1] == code
    assert registration.confirm_code(confirmation_id, other_than(code), HERE) is Unproven.WRONG
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.OFF
    people.now += 24 * 3600
    assert registration.resend(confirmation_id)
    assert isinstance(registration.confirm_code(confirmation_id, code, HERE), Created)


@pytest.mark.parametrize("typed", ["123456", "", "7KQX-M2P", "7KQX-M2PA9", "OOOO-1111"])
def test_what_can_be_no_code_costs_no_guess(people: People, typed: str) -> None:
    registration, confirmation_id = people.accounts.registration, people.sign_up()
    _, code = people.proof()
    for _ in range(12):
        assert registration.confirm_code(confirmation_id, typed, HERE) is Unproven.WRONG
    assert isinstance(registration.confirm_code(confirmation_id, code, HERE), Created)


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


def test_an_expired_link_can_be_opened_again_within_a_week(people: People) -> None:
    confirmation_id = people.sign_up()
    token, code = people.proof()
    people.now += 24 * 3600
    registration = people.accounts.registration
    assert registration.confirm_link(token, HERE) is Unproven.SPENT
    assert registration.confirm_code(confirmation_id, code, HERE) is Unproven.SPENT
    assert registration.resend(confirmation_id)
    assert people.proof() == (token, code)
    assert isinstance(registration.confirm_link(token, HERE), Created)


def test_resending_waits_and_spoils_no_mail_that_was_sent(people: People) -> None:
    confirmation_id, registration = people.sign_up(), people.accounts.registration
    first = people.proof()
    assert not registration.resend(confirmation_id)
    sent = 1
    for _ in range(8):
        people.now += RESEND_AFTER
        if registration.resend(confirmation_id):
            assert people.proof() == first
            sent += 1
    assert sent == 5, "mails an hour"
    people.now += 3600
    assert registration.resend(confirmation_id)
    assert isinstance(registration.confirm_link(first[0], HERE), Created)


def test_a_flood_of_sign_ups_fills_no_mailbox(people: People) -> None:
    """From any number of networks, under any names, in any spelling of the address; and its owner is still mailed what resets a password."""
    people.create()
    for number in range(20):
        where = replace(HERE, ip=f"198.51.100.{number}")
        people.accounts.registration.begin(typed(f"eve{number}", "Carla@example.org"), where)
    eve = people.create("eve", "eve@example.org")
    people.accounts.addresses.request(eve, "carla@example.org", HERE)
    people.accounts.recovery_email.request(eve, "carla@example.org", HERE)
    assert len([mail for mail in people.post() if mail["to"].lower() == "carla@example.org"]) == 7
    people.accounts.recovery.forgot_password("carla", HERE)
    assert [mail["to"] for mail in people.post()] == ["carla@example.org"]


def test_a_stranger_who_signs_up_with_my_address_does_not_make_me_wait(people: People) -> None:
    for number in range(12):
        people.now += 4 if number > 5 else 0
        with contextlib.suppress(PageError):
            people.accounts.registration.begin(typed(f"eve{number}"), replace(HERE, ip="203.0.113.9"))
    assert len(people.accounts.registration.begin(typed("carla"), HERE)) == 26


def test_a_password_is_not_judged_after_too_many_asked(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        people.sign_up(f"carla{number}", password="4@8({[<3691!|70$5+%2" * 6)
    for name in ("hash", "check_strength"):
        monkeypatch.setattr(people.accounts.passwords, name, lambda *_given: pytest.fail("judged or hashed"))
    with pytest.raises(PageError):
        people.sign_up("carla6", password="4@8({[<3691!|70$5+%2" * 6)


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
