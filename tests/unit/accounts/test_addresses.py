import pytest

from idp.accounts.proofs import Confirmation, Unproven
from idp.accounts.registration import Taken
from tests.support.people import HERE, People

WAITING = 3 * 24 * 3600


def roles(people: People, account_id: str) -> dict[str, str]:
    return {row["role"]: row["address"] for row in people.accounts.addresses.of_account(account_id)}


def test_changing_the_address_tells_both(people: People) -> None:
    account_id = people.create()
    confirmation_id = people.accounts.addresses.request(account_id, "new@example.org", HERE)
    mails = {mail["to"]: mail for mail in people.post()}
    assert {to: mail["template"] for to, mail in mails.items()} == {
        "new@example.org": "confirm_email",
        "carla@example.org": "email_change_asked",
    }
    assert roles(people, account_id) == {"primary": "carla@example.org"}
    code = mails["new@example.org"]["context"]["code"]
    assert isinstance(people.accounts.addresses.confirm_code(confirmation_id, code, HERE), Confirmation)
    assert roles(people, account_id) == {"primary": "new@example.org"}
    assert {mail["to"] for mail in people.post()} == {"new@example.org", "carla@example.org"}


def test_somebody_elses_address_stays_theirs(people: People) -> None:
    account_id, _ = people.create(), people.create("dora", "dora@example.org")
    confirmation_id = people.accounts.addresses.request(account_id, "dora@example.org", HERE)
    assert [mail["template"] for mail in people.post() if mail["to"] == "dora@example.org"] == ["account_exists"]
    assert people.accounts.addresses.confirm_code(confirmation_id, "0", HERE) is Unproven.WRONG


def test_an_address_that_was_taken_meanwhile(people: People) -> None:
    account_id = people.create()
    people.accounts.addresses.request(account_id, "new@example.org", HERE)
    token = people.token_to("new@example.org")
    people.create("dora", "new@example.org")
    assert people.accounts.addresses.confirm_link(token, HERE) is Taken.ADDRESS
    assert roles(people, account_id) == {"primary": "carla@example.org"}


def test_a_reset_in_the_old_mailbox_ends_with_the_change(people: People) -> None:
    account_id = people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    reset, _ = people.proof()
    people.accounts.addresses.request(account_id, "new@example.org", HERE)
    people.accounts.addresses.confirm_link(people.token_to("new@example.org"), HERE)
    assert people.accounts.recovery.reset_by_link(reset, "seven green lanterns", HERE) is Unproven.SPENT


def test_a_recovery_address_is_told_everywhere_and_can_be_cancelled(people: People) -> None:
    account_id = people.create()
    people.accounts.recovery_email.request(account_id, "spare@example.net", HERE)
    token, _ = people.proof()
    assert isinstance(people.accounts.recovery_email.confirm_link(token, HERE), Confirmation)
    assert roles(people, account_id)["recovery"] == "spare@example.net"
    mails = people.post()
    assert {mail["to"]: mail["template"] for mail in mails} == dict.fromkeys(
        ("carla@example.org", "spare@example.net"), "recovery_email_added"
    )
    assert mails[0]["context"]["usable_from"] == "Jan 18, 2027, 8:00\u202fAM UTC"
    secret = mails[0]["context"]["cancel"].rpartition("/")[2]
    assert people.accounts.recovery_email.find_cancellable(secret)
    assert people.accounts.recovery_email.cancel(secret, HERE)
    assert not people.accounts.recovery_email.cancel(secret, HERE)
    assert roles(people, account_id) == {"primary": "carla@example.org"}
    assert {mail["to"] for mail in people.post()} == {"carla@example.org", "spare@example.net"}


def test_changing_the_recovery_address_waits_again_and_tells_the_former(people: People) -> None:
    account_id = people.create()
    people.add_recovery_email(account_id)
    people.now += WAITING
    people.accounts.recovery_email.request(account_id, "other@example.net", HERE)
    people.accounts.recovery_email.confirm_link(people.proof()[0], HERE)
    assert {mail["to"] for mail in people.post()} == {"carla@example.org", "other@example.net", "spare@example.net"}
    people.accounts.recovery.forgot_password("other@example.net", HERE)
    assert people.post() == []


def test_the_accounts_own_address_is_no_recovery_address(people: People) -> None:
    assert people.accounts.recovery_email.request(people.create(), "Carla@example.org", HERE) is None


def test_removing(people: People) -> None:
    account_id = people.create()
    assert not people.accounts.recovery_email.remove(account_id, HERE)
    people.add_recovery_email(account_id)
    assert people.accounts.recovery_email.remove(account_id, HERE)
    assert {mail["to"] for mail in people.post()} == {"carla@example.org", "spare@example.net"}
    assert "recovery_email.removed" in people.events()


@pytest.mark.parametrize("service", ["addresses", "recovery_email"])
def test_a_second_request_makes_the_first_worthless(people: People, service: str) -> None:
    account_id, use_cases = people.create(), getattr(people.accounts, service)
    use_cases.request(account_id, "first@example.net", HERE)
    token = people.token_to("first@example.net")
    use_cases.request(account_id, "second@example.net", HERE)
    assert use_cases.confirm_link(token, HERE) is Unproven.SPENT
