from idp.accounts.passwords import Problem
from idp.accounts.sign_in import Refused, Verified
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
    assert change(session, "wrong", NEW, HERE, end_others=True) == Refused("wrong")
    assert change(session, PASSWORD, "carla example", HERE, end_others=True) is Problem.TOO_EASY
    assert change(session, PASSWORD, NEW, HERE, end_others=True) is None
    assert isinstance(people.accounts.sign_in.verify("carla", NEW, ip=None, user_agent=None), Verified)
    assert people.accounts.sessions.find(here)
    assert people.accounts.sessions.find(elsewhere) is None
    assert [mail["template"] for mail in people.post()] == ["password_changed"]


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
