from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.factors.push.crypto import BadMessage
from idp.factors.push.enrolment import Confirmed, Enrolment
from tests.support.approving import PHONE, Approving
from tests.support.approving_device import ApprovingDevice, BrowserSubscription
from tests.support.people import HERE

SID = "the session"


@pytest.fixture
def begun(approving: Approving) -> Enrolment:
    return approving.push.enrolments.open(SID, approving.account_id)


def _claim(approving: Approving, begun: Enrolment, device: ApprovingDevice, **changes: object) -> str:
    challenge = approving.push.enrolments.challenge(begun.secret)
    return approving.push.enrolments.claim(begun.secret, device.register(challenge, **changes), PHONE)


def _confirm(approving: Approving, begun: Enrolment, number: str, sid: str = SID) -> Confirmed:
    confirm = approving.push.enrolments.confirm
    return confirm(sid, approving.account_id, begun.id, HERE, number=number, name="Tablet")


def test_from_link_to_device(approving: Approving, begun: Enrolment) -> None:
    device, enrolments = ApprovingDevice(), approving.push.enrolments
    assert enrolments.progress(device.sign("progress")) == {"state": "gone"}
    number = _claim(approving, begun, device, subscription=BrowserSubscription().to_json())
    assert enrolments.progress(device.sign("progress")) == {"state": "waiting", "number": number}
    seen = enrolments.open(SID, approving.account_id)
    assert (seen.id, seen.claimed, seen.reachable, seen.ip) == (begun.id, True, True, PHONE.ip)
    assert _confirm(approving, begun, number) == "confirmed"
    assert enrolments.progress(device.sign("progress")) == {"state": "ready", "name": "Tablet", "username": "carla"}
    known, _ = approving.push.devices.identify(device.sign("list"), "list")
    assert (known.name, known.subscribed) == ("Tablet", True)
    assert [one.name for one in approving.factors.listing(approving.account_id)] == ["Phone", "Tablet"]
    assert "factor_added" in [mail["template"] for mail in approving.people.post()]
    # The number that was right is used up.
    assert _confirm(approving, begun, number) == "gone"


def test_reloading_shows_the_same_code_and_nothing_readable_is_stored(approving: Approving, begun: Enrolment) -> None:
    assert approving.push.enrolments.open(SID, approving.account_id).secret == begun.secret
    row = approving.common.database.read().one("SELECT * FROM push_enrolment") or {}
    assert begun.secret not in str(dict(row))


def test_whoever_comes_first_has_it(approving: Approving, begun: Enrolment) -> None:
    challenge = approving.push.enrolments.challenge(begun.secret)
    messages = [ApprovingDevice().register(challenge) for _ in range(20)]

    def claim(message: str) -> str:
        try:
            return approving.push.enrolments.claim(begun.secret, message, PHONE)
        finally:
            approving.common.database.close()

    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(claim, messages))
    assert len([number for number in numbers if number]) == 1
    assert approving.push.enrolments.challenge(begun.secret) == ""


def test_a_key_is_proven_for_this_link(approving: Approving, begun: Enrolment) -> None:
    device, claim = ApprovingDevice(), approving.push.enrolments.claim
    challenge = approving.push.enrolments.challenge(begun.secret)
    for message in (
        device.register("another challenge"),
        device.register(challenge, jwk=ApprovingDevice().jwk),
        device.register(challenge, subscription={"endpoint": "https://evil.example/", "keys": {}}),
        device.sign("list", challenge=challenge, jwk=device.jwk),
        device.register(challenge, iss="https://other.example"),
    ):
        with pytest.raises(BadMessage):
            claim(begun.secret, message, PHONE)
    with pytest.raises(BadMessage):
        claim("another secret", device.register(challenge), PHONE)
    assert approving.push.enrolments.challenge(begun.secret)


def test_a_key_registers_once(approving: Approving, begun: Enrolment) -> None:
    assert _claim(approving, begun, approving.device) == ""
    device = ApprovingDevice()
    assert _claim(approving, begun, device)
    other = approving.push.enrolments.open("another", approving.account_id)
    assert _claim(approving, other, device) == ""


def test_the_number_is_the_devices(approving: Approving, begun: Enrolment) -> None:
    device = ApprovingDevice()
    number = _claim(approving, begun, device)
    wrong = "10" if number != "10" else "11"
    assert _confirm(approving, begun, number, sid="another") == "gone"
    assert [_confirm(approving, begun, wrong) for _ in range(3)] == ["wrong", "wrong", "gone"]
    assert _confirm(approving, begun, number) == "gone"
    assert approving.push.enrolments.progress(device.sign("progress")) == {"state": "gone"}
    assert approving.push.enrolments.open(SID, approving.account_id).id != begun.id


def test_starting_over_turns_the_device_away(approving: Approving, begun: Enrolment) -> None:
    device = ApprovingDevice()
    number = _claim(approving, begun, device)
    approving.push.enrolments.start_over(SID)
    assert _confirm(approving, begun, number) == "gone"
    fresh = approving.push.enrolments.open(SID, approving.account_id)
    assert not fresh.claimed
    assert fresh.secret != begun.secret


def test_it_takes_a_quarter_of_an_hour_at_most(approving: Approving, begun: Enrolment) -> None:
    device = ApprovingDevice()
    challenge = approving.push.enrolments.challenge(begun.secret)
    approving.forward(900)
    assert approving.push.enrolments.challenge(begun.secret) == ""
    assert approving.push.enrolments.claim(begun.secret, device.register(challenge), PHONE) == ""
    fresh = approving.push.enrolments.open(SID, approving.account_id)
    assert fresh.id != begun.id
    number = _claim(approving, fresh, device)
    approving.forward(900)
    assert _confirm(approving, fresh, number) == "gone"


def test_a_session_that_changed_hands_begins_anew(approving: Approving, begun: Enrolment) -> None:
    other = approving.people.create("otto", "otto@example.org")
    fresh = approving.push.enrolments.open(SID, other)
    assert fresh.id != begun.id
    assert approving.push.enrolments.find(SID, approving.account_id) is None


def test_a_device_without_a_name_is_called_by_its_browser(approving: Approving, begun: Enrolment) -> None:
    number = _claim(approving, begun, ApprovingDevice())
    approving.push.enrolments.confirm(SID, approving.account_id, begun.id, HERE, number=number, name=" ")
    assert approving.factors.listing(approving.account_id)[-1].name == "Firefox Mobile, Android"
