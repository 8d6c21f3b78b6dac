"""It wasn't me: what a lock-down ends, what it brings back, and how the owner gets in again."""

from idp.accounts.sign_in import Refused, Verified
from tests.support.people import HERE, PASSWORD, People, token_of

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


def change_address(people: People, account_id: str, address: str) -> None:
    people.now += 60
    people.accounts.addresses.request(account_id, address, HERE)
    (mail,) = [mail for mail in people.post() if mail["to"] == address and mail["template"] == "confirm_email"]
    people.accounts.addresses.confirm_link(token_of(mail), HERE)


def open_again(people: People) -> None:
    people.post()
    people.accounts.recovery.forgot_password("carla", HERE)
    assert people.accounts.recovery.reset_by_link(people.token_to("carla@example.org"), NEW, HERE) is None


def test_what_a_thief_was_sent_brings_their_address_back_never(people: People) -> None:
    """While the address is theirs, they read every notice; after the lock-down none of its links does anything."""
    account_id = people.create()
    change_address(people, account_id, "thief@example.net")
    owners = secret_in(people, "carla@example.org", "email_changed")
    people.now += 60
    with people.database.write() as tx:
        people.accounts.common.notices.tell(tx, account_id, "new_device", HERE)
    thiefs = secret_in(people, "thief@example.net", "new_device")
    assert people.accounts.lockdown.lock_by_link(owners, HERE)
    open_again(people)

    assert not people.accounts.lockdown.lock_by_link(thiefs, HERE)

    assert people.accounts.addresses.of_account(account_id)[0]["address"] == "carla@example.org"
    assert isinstance(sign_in(people, NEW), Verified)


def test_an_address_that_its_owner_has_changed_back_stays(people: People) -> None:
    """The thief is told too that the address was changed, and may say that it wasn't them: that locks, and no more."""
    account_id = people.create()
    people.now += 60
    alarm(people, account_id)
    change_address(people, account_id, "thief@example.net")
    people.now += 6 * 86400
    change_address(people, account_id, "carla@example.org")
    thiefs = secret_in(people, "thief@example.net", "email_changed")
    people.now += 6 * 86400
    with people.database.write() as tx:
        people.accounts.common.notices.alarms.purge(tx)
    assert people.accounts.lockdown.lock_by_link(thiefs, HERE)
    assert people.accounts.addresses.of_account(account_id)[0]["address"] == "carla@example.org"
    open_again(people)
    # A second time it is the owner who presses.
    change_address(people, account_id, "thief@example.net")
    assert people.accounts.lockdown.lock_by_link(secret_in(people, "carla@example.org", "email_changed"), HERE)
    assert people.accounts.addresses.of_account(account_id)[0]["address"] == "carla@example.org"


def test_of_two_changes_the_one_that_it_was_not_is_undone(people: People) -> None:
    account_id = people.create()
    change_address(people, account_id, "new@example.org")
    change_address(people, account_id, "thief@example.net")
    assert people.accounts.lockdown.lock_by_link(secret_in(people, "new@example.org", "email_changed"), HERE)
    assert people.accounts.addresses.of_account(account_id)[0]["address"] == "new@example.org"
