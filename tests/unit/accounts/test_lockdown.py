"""It wasn't me: what a lock-down ends, what it brings back, and how the owner gets in again."""

from idp.accounts.sign_in import Refused, Verified
from tests.support.people import HERE, PASSWORD, People

NEW = "another violet tractor 9"


def secret_in(people: People, to: str, template: str) -> str:
    mails = [mail for mail in people.post() if mail["to"] == to and mail["template"] == template]
    return mails[-1]["context"]["wasnt_me"].rpartition("/")[2]


def sign_in(people: People, password: str = PASSWORD) -> Verified | Refused:
    return people.accounts.sign_in.verify("carla", password, ip=HERE.ip, user_agent=HERE.user_agent)


def alarm(people: People, account_id: str, event: str = "new_device") -> str:
    with people.database.write() as tx:
        people.accounts.common.notices.tell(tx, account_id, event, HERE)
    return secret_in(people, "carla@example.org", event)


def test_everybody_is_out_until_a_new_password(people: People) -> None:
    account_id = people.create()
    cookie, secret = people.start(account_id), alarm(people, account_id)

    assert people.accounts.lockdown.lock_by_link(secret, HERE)

    assert people.accounts.sessions.find(cookie) is None
    assert sign_in(people) == Refused("locked")
    assert sign_in(people, "wrong") == Refused("wrong"), "who doesn't know the password learns nothing"
    assert "account.locked" in people.events()
    people.post()
    people.accounts.recovery.forgot_password("carla", HERE)
    assert people.accounts.recovery.reset_by_link(people.token_to("carla@example.org"), NEW, HERE) is None
    assert isinstance(sign_in(people, NEW), Verified)


def test_a_link_works_once_and_for_a_week(people: People) -> None:
    account_id = people.create()
    first, second = alarm(people, account_id), alarm(people, account_id)
    assert people.accounts.lockdown.lock_by_link(first, HERE)
    assert not people.accounts.lockdown.lock_by_link(first, HERE)
    people.now += people.accounts.settings.strong.alarm
    assert not people.accounts.lockdown.lock_by_link(second, HERE)
    assert not people.accounts.lockdown.lock_by_link("made-up", HERE)


def test_an_address_that_was_exchanged_comes_back(people: People) -> None:
    account_id = people.create()
    people.accounts.addresses.request(account_id, "thief@example.net", HERE)
    people.accounts.addresses.confirm_link(people.token_to("thief@example.net"), HERE)
    secret = secret_in(people, "carla@example.org", "email_changed")

    assert people.accounts.lockdown.lock_by_link(secret, HERE)

    (address,) = people.accounts.addresses.of_account(account_id)
    assert (address["address"], address["role"]) == ("carla@example.org", "primary")


def test_what_was_added_since_then_goes_and_what_was_there_stays(people: People) -> None:
    account_id = people.create()
    people.add_recovery_email(account_id, "old@example.net")
    people.now += 10
    secret = alarm(people, account_id)
    people.accounts.lockdown.lock_by_link(secret, HERE)
    assert len(people.accounts.addresses.of_account(account_id)) == 2

    with people.database.write() as tx:
        tx.run("UPDATE account SET status = 'active'")
    people.now += 10
    secret = alarm(people, account_id)
    people.add_recovery_email(account_id, "thief@example.net")
    people.accounts.lockdown.lock_by_link(secret, HERE)
    assert [row["role"] for row in people.accounts.addresses.of_account(account_id)] == ["primary"]


def test_a_disabled_account_stays_disabled(people: People) -> None:
    account_id = people.create()
    secret = alarm(people, account_id)
    with people.database.write() as tx:
        tx.run("UPDATE account SET status = 'disabled'")
    people.accounts.lockdown.lock_by_link(secret, HERE)
    assert sign_in(people) == Refused("disabled")
