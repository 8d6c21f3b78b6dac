from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from idp.accounts.strength import Proof
from idp.factors.base import Refusal
from idp.factors.push.crypto import BadMessage, StaleMessage
from tests.support.approving_device import ApprovingDevice, BrowserSubscription

HOUR = 3600


def _number(approving: Any, attempt_id: str = "attempt-1") -> str:
    return approving.push.ask(approving.attempt(attempt_id))["request"].number


def test_the_right_number_signs_in(approving: Any) -> None:
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
    assert approving.verify() == Refusal("expired")
    assert [event for event in approving.people.events() if event.startswith("push.")] == [
        "push.asked",
        "push.approved",
    ]
    (factor,) = approving.factors.listing(approving.account_id)
    assert factor.last_used_ip == "192.0.2.7"


def test_reloading_asks_nobody_anew(approving: Any) -> None:
    first = approving.push.ask(approving.attempt())["request"]
    assert approving.push.ask(approving.attempt())["request"] == first
    assert approving.people.count("push_request") == 1


def test_a_wrong_number_ends_it(approving: Any) -> None:
    number = _number(approving)
    request = approving.asked()
    other = "10" if number != "10" else "11"
    assert approving.answer(approving.device.answer(request, "approve", other)) == (True, "wrong")
    # The right one comes too late.
    assert approving.answer(approving.device.answer(request, "approve", number)) == (False, "wrong")
    assert approving.verify().reason == "wrong"


def test_no_means_no(approving: Any) -> None:
    number = _number(approving)
    request = approving.asked()
    assert approving.answer(approving.device.answer(request, "deny")) == (True, "denied")
    assert approving.answer(approving.device.answer(request, "approve", number)) == (False, "denied")
    assert approving.verify() == Refusal("denied")
    assert approving.verify(again="1") == Refusal("denied")
    assert approving.push.ask(approving.attempt())["request"].state == "denied"
    assert approving.people.count("push_request") == 1


def test_it_was_not_me(approving: Any) -> None:
    _number(approving)
    request = approving.asked()
    assert approving.answer(approving.device.answer(request, "not_me")) == (True, "not_me")
    assert approving.verify() == Refusal("denied")
    (mail,) = approving.people.post()
    assert (mail["template"], mail["context"]["device"]) == ("push_not_me", "Phone")
    assert mail["context"]["where"] == "192.0.2.7"

    identify, lock = approving.push.devices.identify, approving.push.approvals.lock
    known, claims = identify(approving.device.sign("lock", request=request["id"]), "lock")
    other, _claims = identify(approving.add_device().sign("lock", request=request["id"]), "lock")
    assert not lock(other, request["id"], approving.people.accounts)  # type: ignore[arg-type]
    where = approving.push.approvals
    assert where is not None
    from tests.unit.factors.push.conftest import PHONE

    assert lock(known, claims["request"], PHONE)
    assert not lock(known, claims["request"], PHONE)
    assert approving.locked == [approving.account_id]
