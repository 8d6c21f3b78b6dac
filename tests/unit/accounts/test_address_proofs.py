"""Proofs of the confirmed address, on both engines."""

from collections.abc import Callable

import pytest

from idp.accounts.proofs import OF_FACTORS, Purpose, Unproven
from tests.support.people import HERE, People, other_than

ADD = Purpose.ADD_FACTOR
WAITING = 3 * 24 * 3600


@pytest.fixture
def account(people: People) -> str:
    return people.create()


def ask(people: People, account: str, purpose: Purpose = ADD) -> tuple[str, str, str]:
    """Return the request's id, and the code and the token that were mailed."""
    begun = people.accounts.address_proofs.request(account, purpose, HERE)
    (mail,) = people.post()
    assert (mail["to"], mail["template"]) == ("carla@example.org", purpose)
    return begun, mail["context"]["code"], mail["context"]["link"].rpartition("/")[2]


def typing(people: People, account: str, begun: str, done: list[str]) -> Callable[[str], Unproven | None]:
    proofs = people.accounts.address_proofs
    found = proofs.find(begun, account, ADD)
    assert found
    return lambda code: proofs.confirm_code(found, code, HERE, lambda _tx: done.append("done"))


def test_a_code_is_good_for_once(people: People, account: str) -> None:
    begun, code, token = ask(people, account)
    done: list[str] = []
    type_code = typing(people, account, begun, done)
    assert type_code(other_than(code)) is Unproven.WRONG
    assert type_code(code) is None
    assert type_code(code) is Unproven.SPENT
    assert people.accounts.address_proofs.confirm_link(account, ADD, token, HERE, print) is Unproven.SPENT
    assert done == ["done"]
    assert people.events()[-5:] == [
        "address_proof.requested",
        "address_proof.refused",
        "address_proof.given",
        "address_proof.refused",
        "address_proof.refused",
    ]


def test_what_it_leads_to_fails_with_nothing_used_up(people: People, account: str) -> None:
    begun, code, _token = ask(people, account)
    proofs = people.accounts.address_proofs
    found = proofs.find(begun, account, ADD)
    assert found

    def gone(_tx: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        proofs.confirm_code(found, code, HERE, gone)
    assert typing(people, account, begun, [])(code) is None


def test_asking_again_sends_the_same(people: People, account: str) -> None:
    first = ask(people, account)
    people.now += 61
    assert ask(people, account) == first
    proofs = people.accounts.address_proofs
    found = proofs.find(first[0], account, ADD)
    assert found
    assert not proofs.resend(found, HERE)
    people.now += 61
    assert proofs.resend(found, HERE)
    assert people.post()[0]["context"]["code"] == first[1]


@pytest.mark.parametrize("other", [purpose for purpose in Purpose if purpose is not ADD])
def test_it_is_for_one_purpose_and_account(people: People, account: str, other: Purpose) -> None:
    begun, _code, token = ask(people, account)
    proofs = people.accounts.address_proofs
    assert proofs.find(begun, account, other) is None
    assert proofs.find(begun, people.create("dora", "dora@example.org"), ADD) is None
    assert proofs.confirm_link(account, other, token, HERE, print) is Unproven.SPENT
    assert proofs.find("\0", account, ADD) is None


def test_a_new_password_ends_it(people: People, account: str) -> None:
    for purpose in OF_FACTORS:
        ask(people, account, purpose)
    with people.database.write() as tx:
        people.accounts.revocation.revoke(tx, account, "password_changed")
    assert people.database.read().all("SELECT 1 FROM confirmation WHERE used_at IS NULL") == []


def test_a_new_address_waits_and_a_recovery_address_too(people: People, account: str) -> None:
    proofs = people.accounts.address_proofs
    people.add_recovery_email(account)
    assert proofs.addresses(account) == ["carla@example.org"]
    people.accounts.addresses.request(account, "new@example.org", HERE)
    people.accounts.addresses.confirm_link(people.token_to("new@example.org"), HERE)
    assert (proofs.addresses(account), proofs.is_settled(account)) == ([], False)
    assert proofs.usable_from(account) == people.now + WAITING
    people.now += WAITING
    assert (proofs.addresses(account), proofs.is_settled(account)) == (["new@example.org", "spare@example.net"], True)


def test_a_mail_that_was_read_is_said_once_for_its_account(people: People, account: str) -> None:
    begun, code, _token = ask(people, account)
    typing(people, account, begun, [])(code)
    proofs, other = people.accounts.address_proofs, people.create("dora", "dora@example.org")
    with people.database.write() as tx:
        secret = proofs.leave(tx, begun, account)
        assert proofs.take(tx, other, secret) == 0
        assert proofs.take(tx, account, "") == 0
        assert proofs.take(tx, account, secret) == people.now
        assert proofs.take(tx, account, secret) == 0


def test_a_session_keeps_the_newest(people: People, account: str) -> None:
    sid = people.start(account, address_proven_at=people.now).partition(".")[0]
    seen = {"ip": HERE.ip, "user_agent": HERE.user_agent}
    with people.database.write() as tx:
        session, value = people.accounts.sessions.strengthen(tx, sid, (), **seen, address_proven_at=5)
    assert session.address_proven_at == people.now
    with people.database.write() as tx:
        people.accounts.sessions.strengthen(tx, sid, (), **seen, address_proven_at=people.now + 7)
    assert people.accounts.sessions.find(value) is None
    (listed,) = people.accounts.sessions.listing(account)
    assert listed.address_proven_at == people.now + 7
