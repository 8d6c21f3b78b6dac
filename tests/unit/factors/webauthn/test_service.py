import threading

import pytest

from idp.accounts.sessions import Session
from idp.accounts.strength import AAL1, AAL2, Proof, level, password
from idp.factors.base import Refusal
from idp.factors.webauthn.service import Identified, UnknownKey
from tests.support.people import HERE
from tests.support.virtual_keys import NothingError, SoftwareKey
from tests.unit.factors.webauthn.conftest import Household

THREADS = 50


def test_sign_in_by_the_key_alone(home: Household, session: Session, other: Session) -> None:
    keys = {}
    for each in (session, other):
        keys[each.account_id] = SoftwareKey()
        enrolled = home.enrol(each, keys[each.account_id])
    home.people.now += 60
    for account_id, key in keys.items():
        found = home.identify(key)
        assert isinstance(found, Identified)
        assert found.account_id == account_id
        assert found.proof == Proof("webauthn", home.people.now, ("swk", "user"), ("possession", "verified"))
        assert level([found.proof]) == AAL2
    factor = home.factors.find(other.account_id, enrolled.factor_id)
    assert factor
    assert (factor.last_used_at, factor.last_used_ip) == (home.people.now, HERE.ip)


def test_what_the_sign_in_page_asks(home: Household, session: Session) -> None:
    asked = home.passkeys.sign_in_options("i1")
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == ("localhost", "required", [])
    key = SoftwareKey()
    home.enrol(session, key)
    again = home.passkeys.sign_in_options("i1", session.account_id)
    assert [one["id"] for one in again["allowCredentials"]] == [key.credentials[0].id]


def test_a_second_step(home: Household, session: Session) -> None:
    key = SoftwareKey(backup_eligible=False, user_verified=False)
    home.enrol(session, key, kind="security_key")
    asked = home.passkeys.ask(home.attempt(session.account_id))
    assert asked["options"]["userVerification"] == "preferred"
    assert asked["options"]["hints"] == ["security-key"]
    assert asked["names"] == ["Firefox, Linux"]
    proof = home.second_step(session.account_id, key)
    assert isinstance(proof, Proof)
    assert (proof.amr, proof.shows, level([proof])) == (("hwk", "user"), ("possession",), AAL1)
    assert level([password(0), proof]) == AAL2
    with pytest.raises(NothingError):
        home.second_step(session.account_id, SoftwareKey())


def test_alone_it_has_to_verify_its_user(home: Household, session: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    refused = home.identify(key, uv=False)
    assert isinstance(refused, Refusal)
    assert "didn’t check that it’s you" in refused.message


def test_alone_it_has_to_know_whose_it_is(home: Household, session: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    refused = home.identify(key, user_handle=None)
    assert isinstance(refused, Refusal)
    assert "by itself" in refused.message
    # As a second step it needn't.
    assert isinstance(home.second_step(session.account_id, key, user_handle=None), Proof)


def test_a_key_that_was_removed(home: Household, session: Session) -> None:
    key = SoftwareKey()
    enrolled = home.enrol(session, key)
    home.factors.remove(session.account_id, enrolled.factor_id, HERE)
    refused = home.identify(key)
    assert isinstance(refused, UnknownKey)
    assert refused.credential_id == key.credentials[0].id
    gone = home.second_step(session.account_id, key, options={"allowCredentials": []})
    assert gone.reason == "wrong"


def test_the_key_of_another_account(home: Household, session: Session, other: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    home.enrol(other, SoftwareKey())
    assert home.second_step(other.account_id, key, options={"allowCredentials": []}).reason == "wrong"
    handle = home.begin(other)["user"]["id"]
    lying = home.identify(key, user_handle=handle)
    assert isinstance(lying, Refusal)
    assert "doesn’t belong" in lying.message
    assert home.second_step(session.account_id, key, user_handle=handle).reason == "wrong"


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "http://localhost:8001"},
        {"rp_id": "example.org"},
        {"cross_origin": True},
        {"client_data": {"topOrigin": "http://localhost:8001"}},
        {"up": False},
        {"type": "webauthn.create"},
        {"be": False, "bs": False},
    ],
    ids=str,
)
def test_what_proves_nothing(home: Household, session: Session, lies: dict[str, object]) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    assert getattr(home.identify(key, **lies), "reason", "") == "wrong"
    assert home.second_step(session.account_id, key, **lies).reason == "wrong"
    assert isinstance(home.identify(key), Identified)


def test_answers_to_other_questions(home: Household, session: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    attempt = home.attempt(session.account_id)
    sign_in, second = home.passkeys.sign_in_options("i1"), home.passkeys.ask(attempt)["options"]
    elsewhere = home.passkeys.sign_in_options("i2")
    for wrong in (key.get(second), key.get(elsewhere), key.get(sign_in, challenge="AAAA")):
        assert getattr(home.passkeys.identify("i1", wrong, HERE), "reason", "") == "expired"
    assert home.passkeys.verify(attempt, {"credential": key.get(sign_in)}).reason == "expired"  # type: ignore[union-attr]
    assert home.passkeys.verify(attempt, {}).reason == "waiting"  # type: ignore[union-attr]
    assert home.passkeys.verify(attempt, {"credential": "{}"}).reason == "wrong"  # type: ignore[union-attr]


def test_an_answer_counts_once_and_not_too_late(home: Household, session: Session) -> None:
    key = SoftwareKey(counts=False)
    home.enrol(session, key)
    answer = key.get(home.passkeys.sign_in_options("i1"))
    assert isinstance(home.passkeys.identify("i1", answer, HERE), Identified)
    assert getattr(home.passkeys.identify("i1", answer, HERE), "reason", "") == "expired"
    answer = key.get(home.passkeys.sign_in_options("i1"))
    home.people.now += home.settings.lifetimes.interaction
    assert getattr(home.passkeys.identify("i1", answer, HERE), "reason", "") == "expired"
    with home.people.database.write() as tx:
        home.passkeys.purge(tx)
    assert home.people.count("webauthn_challenge") == 0


def test_fifty_at_once_sign_in_once(home: Household, session: Session) -> None:
    key = SoftwareKey(counts=False)
    home.enrol(session, key)
    answer = key.get(home.passkeys.sign_in_options("i1"))
    outcomes: list[object] = []
    barrier = threading.Barrier(THREADS)

    def run() -> None:
        barrier.wait()
        try:
            outcomes.append(home.passkeys.identify("i1", answer, HERE))
        finally:
            home.people.database.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in outcomes].count(Identified) == 1
    assert [getattr(one, "reason", "") for one in outcomes].count("expired") == THREADS - 1


def test_a_page_that_is_reloaded_again_and_again_fills_nothing(home: Household) -> None:
    first = home.passkeys.sign_in_options("i1")
    for _ in range(20):
        home.people.now += 1
        last = home.passkeys.sign_in_options("i1")
    assert home.people.count("webauthn_challenge") == 8
    assert first["challenge"] != last["challenge"]


def test_a_copy_shows_by_its_counter(home: Household, session: Session) -> None:
    key = SoftwareKey(backup_eligible=False)
    enrolled = home.enrol(session, key)
    assert isinstance(home.identify(key), Identified)
    home.people.post()
    for _attempt in range(2):
        refused = home.identify(key, count=2)
        assert isinstance(refused, Refusal)
        assert (refused.reason, "may have been copied" in refused.message) == ("unavailable", True)
    # Nobody knows which of the two is the owner's, so from now on neither counts.
    assert getattr(home.identify(key), "reason", "") == "unavailable"
    assert home.second_step(session.account_id, key).reason == "unavailable"
    assert [mail["template"] for mail in home.people.post()] == ["key_cloned"]
    assert home.people.events().count("factor.copy_suspected") == 1
    found = home.passkeys.find(enrolled.factor_id)
    assert found
    assert found.copied
    assert home.passkeys.details(session.account_id)[enrolled.factor_id].startswith("may have been copied")


def test_nobody_has_a_key_blocked_without_its_signature(home: Household, session: Session) -> None:
    key, thief = SoftwareKey(), SoftwareKey()
    home.enrol(session, key)
    forged = home.identify(key, count=1, private=_private(thief))
    assert getattr(forged, "reason", "") == "wrong"
    assert isinstance(home.identify(key), Identified)


def _private(key: SoftwareKey) -> object:
    key.create({"pubKeyCredParams": [{"alg": -7}], "user": {"id": "aA"}, "rp": {"id": "x"}, "challenge": "YQ"})
    return key.credentials[0].private


def test_a_counter_that_never_counts_is_no_copy(home: Household, session: Session) -> None:
    key = SoftwareKey(counts=False)
    home.enrol(session, key)
    assert all(isinstance(home.identify(key), Identified) for _ in range(3))


def test_whether_it_is_backed_up_is_kept_up_to_date(home: Household, session: Session) -> None:
    key = SoftwareKey(backed_up=False)
    enrolled = home.enrol(session, key)
    assert getattr(home.passkeys.find(enrolled.factor_id), "kept", "") == "not_backed_up"
    key.backed_up = True
    home.identify(key)
    assert getattr(home.passkeys.find(enrolled.factor_id), "kept", "") == "backed_up"


@pytest.mark.parametrize(("status", "said"), [("disabled", "is closed"), ("locked", "is locked")])
def test_an_account_that_isnt_open(home: Household, session: Session, status: str, said: str) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    with home.people.database.write() as tx:
        tx.run("UPDATE account SET status = :status WHERE id = :id", status=status, id=session.account_id)
    refused = home.identify(key)
    assert isinstance(refused, Refusal)
    assert (refused.reason, said in refused.message) == ("denied", True)
    assert getattr(home.identify(key, private=_private(SoftwareKey())), "reason", "") == "wrong"


def test_what_password_managers_are_told(home: Household, session: Session) -> None:
    assert home.passkeys.signals(session.account_id) is None
    key = SoftwareKey()
    home.enrol(session, key)
    assert home.passkeys.signals(session.account_id) == {
        "rpId": "localhost",
        "userId": key.credentials[0].user_handle,
        "name": "carla",
        "displayName": "Carla Example",
        "allAcceptedCredentialIds": [key.credentials[0].id],
    }
