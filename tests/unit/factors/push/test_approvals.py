from typing import Any

import pytest

from idp.accounts.strength import Proof
from idp.factors.base import Refusal
from idp.factors.push.crypto import BadMessage, StaleMessage
from tests.support.approving import PHONE, Approving, refused
from tests.support.approving_device import ApprovingDevice


def _number(approving: Approving, attempt_id: str = "attempt-1") -> str:
    return approving.push.ask(approving.attempt(attempt_id))["request"].number


def test_the_right_number_signs_in(approving: Approving) -> None:
    number = _number(approving)
    assert approving.verify() == Refusal("waiting")
    request = approving.asked()
    assert (request["service"], request["ip"], request["place"]) == ("Filing", "192.0.2.7", "Lisbon, Portugal")
    assert request["browser"].startswith("Firefox")
    assert approving.answer(approving.device.answer(request, "approve", number)) == (True, "approved")
    proof = approving.verify()
    assert isinstance(proof, Proof)
    assert (proof.amr, proof.shows) == (("swk", "mca"), ("possession",))
    # What was used proves nothing a second time.
    assert refused(approving.verify()) == "unavailable"
    assert approving.events() == ["push.asked", "push.approved"]
    (factor,) = approving.factors.listing(approving.account_id)
    assert factor.last_used_ip == "192.0.2.7"


def test_what_the_sign_in_page_learns_helps_nobody_to_answer(approving: Approving) -> None:
    request_id = approving.push.ask(approving.attempt())["request"].id
    state = approving.push.approvals.state
    assert state(request_id) == {"state": "waiting", "delivery": "none"}
    approving.answer(approving.device.answer(approving.asked(), "deny"))
    assert state(request_id) == {"state": "over", "delivery": "none"}
    assert state("nothing") == {"state": "over", "delivery": "none"}


def test_an_approval_waits_a_little_and_then_is_void(approving: Approving) -> None:
    number = _number(approving)
    approving.answer(approving.device.answer(approving.asked(), "approve", number))
    approving.forward(121)
    assert refused(approving.verify()) == "unavailable"


def test_an_approval_serves_only_its_attempt(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    approving.answer(approving.device.answer(request, "approve", number))
    assert approving.verify("attempt-2") == Refusal("waiting")
    other = approving.people.create("otto", "otto@example.org")
    assert approving.push.verify(approving.attempt(account_id=other), {}) == Refusal("waiting")
    assert isinstance(approving.verify(), Proof)


def test_a_wrong_number_ends_it(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    other = "10" if number != "10" else "11"
    assert approving.answer(approving.device.answer(request, "approve", other)) == (True, "wrong")
    # The right one comes too late.
    assert approving.answer(approving.device.answer(request, "approve", number)) == (False, "wrong")
    assert approving.verify().reason == "wrong"  # type: ignore[union-attr]


def test_no_means_no(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    assert approving.answer(approving.device.answer(request, "deny")) == (True, "denied")
    assert approving.answer(approving.device.answer(request, "approve", number)) == (False, "denied")
    assert approving.verify() == Refusal("denied")
    assert approving.verify(again="1") == Refusal("denied")
    assert approving.push.ask(approving.attempt())["request"].state == "denied"
    assert approving.people.count("push_request") == 1


def test_after_a_no_nothing_is_asked_before_the_password_was_typed(approving: Approving) -> None:
    _number(approving)
    approving.answer(approving.device.answer(approving.asked(), "deny"))
    approving.forward(60)
    for typed_at in (0, approving.people.now - 61):
        page = approving.push.ask(approving.attempt("attempt-2", typed_at=typed_at))
        assert (page["denied"], page["request"].number) == (True, "")
    assert approving.people.count("push_request") == 1
    page = approving.push.ask(approving.attempt("attempt-3", typed_at=approving.people.now))
    assert (page["denied"], page["request"].state) == (False, "waiting")
    # or an hour later
    approving.answer(approving.device.answer(approving.asked(), "deny"))
    approving.forward(3600)
    assert not approving.push.ask(approving.attempt("attempt-4"))["denied"]


def test_it_was_not_me(approving: Approving) -> None:
    _number(approving)
    request = approving.asked()
    assert approving.answer(approving.device.answer(request, "not_me")) == (True, "not_me")
    assert approving.verify() == Refusal("denied")
    (mail,) = approving.people.post()
    assert (mail["template"], mail["context"]["device"]) == ("push_not_me", "Phone")
    assert mail["context"]["where"] == "192.0.2.7"


def test_who_said_so_may_lock_the_account_once_and_soon(approving: Approving) -> None:
    other = approving.add_device(name="Tablet")
    _number(approving)
    request = approving.asked()
    approving.answer(approving.device.answer(request, "not_me"))
    assert not approving.lock(other, request["id"])
    assert not approving.lock(approving.device, "another")
    assert approving.lock(approving.device, request["id"])
    assert not approving.lock(approving.device, request["id"])
    assert approving.locked == [approving.account_id]


def test_locking_takes_more_than_a_no_and_not_too_long(approving: Approving) -> None:
    _number(approving)
    denied = approving.asked()
    approving.answer(approving.device.answer(denied, "deny"))
    assert not approving.lock(approving.device, denied["id"])
    approving.forward(3600)
    _number(approving, "attempt-2")
    request = approving.asked()
    approving.answer(approving.device.answer(request, "not_me"))
    approving.forward(901)
    assert not approving.lock(approving.device, request["id"])
    assert approving.locked == []


def test_too_late(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    approving.forward(120)
    assert approving.answer(approving.device.answer(request, "approve", number)) == (False, "expired")
    assert refused(approving.verify()) == "unavailable"


def test_an_answer_counts_once(approving: Approving) -> None:
    number = _number(approving)
    message = approving.device.answer(approving.asked(), "approve", number)
    assert approving.answer(message) == (True, "approved")
    assert approving.answer(message) == (False, "approved")
    assert isinstance(approving.verify(), Proof)
    assert approving.answer(message) == (False, "expired")


def test_an_answer_fits_one_request_only(approving: Approving) -> None:
    _number(approving)
    before = approving.asked()
    number = _number(approving, "attempt-2")
    request = approving.asked()
    assert request["id"] != before["id"]
    for changes in ({"challenge": before["challenge"]}, {"challenge": None}):
        with pytest.raises(BadMessage):
            approving.answer(approving.device.answer(request, "approve", number, **changes))
    with pytest.raises(BadMessage):
        approving.answer(approving.device.answer(request, "perhaps", number))
    assert approving.verify("attempt-2") == Refusal("waiting")


def test_signatures_of_others_count_for_nothing(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    neighbour = approving.add_device(approving.people.create("otto", "otto@example.org"))
    with pytest.raises(BadMessage):
        approving.answer(neighbour.answer(request, "approve", number))
    stranger = ApprovingDevice(approving.people.now)
    with pytest.raises(BadMessage):
        approving.answer(stranger.answer(request, "approve", number))
    # In the name of the right device, with another key.
    stranger.kid = approving.device.kid
    with pytest.raises(BadMessage):
        approving.answer(stranger.answer(request, "approve", number))
    # Signed for another purpose, by another provider's device, at another time.
    claims = {"request": request["id"], "challenge": request["challenge"], "decision": "approve", "number": number}
    with pytest.raises(BadMessage):
        approving.answer(approving.device.sign("show", **claims))
    with pytest.raises(BadMessage):
        approving.answer(approving.device.answer(request, "approve", number, iss="https://other.example"))
    with pytest.raises(StaleMessage):
        approving.answer(approving.device.answer(request, "approve", number, iat=approving.people.now - 301))
    assert approving.verify() == Refusal("waiting")


def test_a_device_that_was_removed_approves_nothing(approving: Approving) -> None:
    number = _number(approving)
    request = approving.asked()
    approving.answer(approving.device.answer(request, "approve", number))
    (factor,) = approving.factors.listing(approving.account_id)
    approving.factors.remove(approving.account_id, factor.id, PHONE)
    # Not even what it approved a moment ago.
    assert isinstance(approving.verify(), Refusal)
    with pytest.raises(BadMessage):
        approving.answer(approving.device.answer(request, "approve", number))


def test_only_its_own_requests_are_shown_to_a_device(approving: Approving) -> None:
    request_id = approving.push.ask(approving.attempt())["request"].id
    neighbour = approving.add_device(approving.people.create("otto", "otto@example.org"))
    identify, shown_to = approving.push.devices.identify, approving.push.approvals.shown_to
    known, _ = identify(neighbour.sign("show"), "show")
    assert approving.push.approvals.open_for(known) == []
    assert shown_to(known, request_id) is None
    own, _ = identify(approving.device.sign("show"), "show")
    shown: dict[str, Any] = shown_to(own, request_id) or {}
    assert shown["state"] == "waiting"
    assert "number" not in shown


def test_what_no_database_takes(approving: Approving) -> None:
    _number(approving)
    request, nothing = approving.asked(), "\0"
    for name in ("request", "challenge"):
        with pytest.raises(BadMessage):
            approving.answer(approving.device.answer(request, "approve", **{name: nothing}))
    assert approving.push.approvals.state(nothing)["state"] == "over"
    assert not approving.lock(approving.device, nothing)
    with pytest.raises(BadMessage):
        approving.push.devices.identify(approving.device.sign("list", header={"kid": nothing}), "list")
    confirm = approving.push.enrolments.confirm
    assert confirm("sid", approving.account_id, nothing, PHONE, number=nothing, name="Phone") == "gone"
    assert approving.answer(approving.device.answer(request, "approve", nothing)) == (True, "wrong")
