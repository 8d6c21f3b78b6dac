import pytest

from idp.accounts.passwords import Problem
from idp.accounts.proofs import Unproven
from idp.accounts.sign_in import Refused, Verified
from idp.errors import PageError
from tests.support.people import HERE, PASSWORD, People

NEW = "seven green lanterns drift"


def test_only_what_changed_is_recorded_and_nothing_of_it(people: People) -> None:
    account_id = people.create()
    changed = people.accounts.profile.update(
        account_id, {"name": "Carla Example", "city": "Bern", "phone": "", "id": "x", "roles": "admin"}, HERE
    )
    assert changed == ["city"]
    row = people.database.read().one("SELECT detail FROM audit_event WHERE event = 'profile.changed'")
    assert row
    assert "Bern" not in row["detail"]
    claims = people.accounts.claims.for_subject(account_id)
    assert claims
    assert claims["address"] == {"locality": "Bern"}
    assert claims["roles"] == []
    assert people.accounts.profile.update(account_id, {"city": ""}, HERE) == ["city"]


def test_changing_the_password(people: People) -> None:
    account_id = people.create()
    here, elsewhere = people.start(account_id), people.start(account_id)
    session = people.accounts.sessions.find(here)
    assert session
    change = people.accounts.profile.change_password
    assert change(session, "wrong", NEW, HERE) == Refused("wrong")
    assert change(session, PASSWORD, "carla example", HERE) is Problem.TOO_SHORT
    assert change(session, PASSWORD, "carla example carla", HERE) is Problem.TOO_EASY
    renewed = change(session, PASSWORD, NEW, HERE)
    assert isinstance(people.accounts.sign_in.verify("carla", NEW, ip=None, user_agent=None), Verified)
    assert people.accounts.sessions.find(str(renewed)) == session
    assert people.accounts.sessions.find(elsewhere) is None
    assert people.accounts.sessions.find(here) is None, "a copy of the owner's own cookie"
    assert [mail["template"] for mail in people.post()] == ["password_changed"]


def test_passwords_are_counted_before_they_are_judged_and_by_session(people: People) -> None:
    account_id = people.create()
    mine, thiefs = (people.accounts.sessions.find(people.start(account_id)) for _ in range(2))
    assert mine
    assert thiefs
    for _ in range(6):
        assert people.accounts.profile.change_password(thiefs, PASSWORD, "too short", HERE) is Problem.TOO_SHORT
    with pytest.raises(PageError) as caught:
        people.accounts.profile.change_password(thiefs, PASSWORD, NEW, HERE)
    assert caught.value.status == 429
    assert isinstance(people.accounts.profile.change_password(mine, PASSWORD, NEW, HERE), str)


def test_mailed_codes_and_links_end_with_the_password(people: People) -> None:
    account_id = people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    reset = people.token_to("carla@example.org")
    people.accounts.addresses.request(account_id, "thief@example.net", HERE)
    change = people.token_to("thief@example.net")
    people.accounts.recovery_email.request(account_id, "spare@example.net", HERE)
    recovery = people.token_to("spare@example.net")
    session = people.accounts.sessions.find(people.start(account_id))
    assert session
    assert isinstance(people.accounts.profile.change_password(session, PASSWORD, NEW, HERE), str)
    assert people.accounts.recovery.reset_by_link(reset, PASSWORD, HERE) is Unproven.SPENT
    assert people.accounts.addresses.confirm_link(change, HERE) is Unproven.SPENT
    assert people.accounts.recovery_email.confirm_link(recovery, HERE) is Unproven.SPENT


def test_who_has_a_short_password_is_advised_once(people: People) -> None:
    account_id, advice = people.create(password="x7#Lq9!vR2"), people.accounts.password_advice
    advice.note(account_id, "x7#Lq9!vR2")
    assert advice.is_due(account_id)
    assert [advice.give(account_id) for _ in range(2)] == [True, False]
    advice.note(account_id, "x7#Lq9!vR2")
    assert not advice.is_due(account_id)


def test_who_has_a_long_password_or_a_second_step_is_not_advised(people: People) -> None:
    account_id, advice = people.create(), people.accounts.password_advice
    advice.note(account_id, PASSWORD)
    people.accounts.new_password.has_second_step = lambda _account_id: True
    advice.note(account_id, "x7#Lq9!vR2")
    assert not advice.is_due(account_id)


def test_claims_without_values_are_left_out(people: People) -> None:
    account_id = people.create()
    assert people.accounts.claims.for_subject(account_id) == {
        "sub": account_id,
        "preferred_username": "carla",
        "name": "Carla Example",
        "email": "carla@example.org",
        "email_verified": True,
        "locale": "en",
        "updated_at": people.now,
        "roles": [],
    }
    assert people.accounts.claims.for_subject("nobody") is None
