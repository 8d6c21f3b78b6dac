from typing import Any

import orjson
import pytest

from idp.factors.push.crypto import BadMessage
from idp.notify.outbox import PURPOSE
from idp.notify.push import Subscription
from tests.support.approving import Approving
from tests.support.approving_device import ApprovingDevice, BrowserSubscription


@pytest.fixture
def browser() -> BrowserSubscription:
    return BrowserSubscription()


@pytest.fixture
def tablet(approving: Approving, browser: BrowserSubscription) -> ApprovingDevice:
    return approving.add_device(subscription=browser, name="Tablet")


def _queued(approving: Approving) -> list[dict[str, Any]]:
    rows = approving.common.database.read().all("SELECT payload FROM outbox WHERE kind = 'push' AND done_at IS NULL")
    return [orjson.loads(approving.people.sealer.open(row["payload"], purpose=PURPOSE)) for row in rows]


def _id(approving: Approving, device: ApprovingDevice) -> str:
    return approving.push.devices.identify(device.sign("list"), "list")[0].id


def _mails(approving: Approving) -> list[str]:
    rows = approving.common.database.read().all("SELECT payload FROM outbox WHERE kind = 'mail' AND done_at IS NULL")
    return [orjson.loads(approving.people.sealer.open(row["payload"], purpose=PURPOSE))["template"] for row in rows]


def test_a_request_goes_to_every_device_that_pushes_reach(approving: Approving, tablet: ApprovingDevice) -> None:
    request = approving.push.ask(approving.attempt())["request"]
    (payload,) = _queued(approving)
    assert payload["device"] == _id(approving, tablet)
    assert (payload["urgency"], payload["topic"], payload["expires_at"]) == ("high", request.id, request.expires_at)
    assert payload["content"] == {
        "kind": "request",
        "id": request.id,
        "service": "Filing",
        "place": "Lisbon, Portugal",
        "until": request.expires_at,
    }
    assert request.delivery == "queued"


def test_notices_go_there_too(approving: Approving, tablet: ApprovingDevice) -> None:
    with approving.common.database.write() as tx:
        approving.push.notify(tx, approving.account_id, "Your password was changed", "Was it you?", "/account")
    (payload,) = _queued(approving)
    assert payload["content"]["title"] == "Your password was changed"
    assert (payload["urgency"], payload["topic"]) == ("normal", "")


def test_subscriptions_are_sealed(approving: Approving, tablet: ApprovingDevice, browser: BrowserSubscription) -> None:
    rows = approving.common.database.read().all("SELECT * FROM push_device")
    assert browser.endpoint not in str([dict(row) for row in rows])
    subscription = approving.push.devices.subscription(_id(approving, tablet), "")
    assert subscription is not None
    assert subscription.endpoint == browser.endpoint


def test_an_ended_subscription_is_told_once_and_not_used_again(
    approving: Approving, tablet: ApprovingDevice, browser: BrowserSubscription
) -> None:
    devices, device_id = approving.push.devices, _id(approving, tablet)
    ended = devices.subscription(device_id, "")
    assert ended is not None
    before = len(_mails(approving))
    for _ in range(2):
        devices.gone(device_id, ended)
    assert _mails(approving)[before:] == ["factor_lost"]
    assert devices.subscription(device_id, "") is None
    assert [one.dead for one in approving.factors.listing(approving.account_id)] == [False, True]
    assert approving.push.ask(approving.attempt())["request"].delivery == "none"
    # It still answers, and when its page is opened it can be reached again.
    known, _ = devices.identify(tablet.sign("subscription"), "subscription")
    assert approving.push.approvals.open_for(known)
    devices.resubscribe(known, devices.read_subscription(BrowserSubscription(browser.endpoint + "2").to_json()))
    assert [one.dead for one in approving.factors.listing(approving.account_id)] == [False, False]


def test_an_answer_of_yesterday_ends_no_subscription_of_today(approving: Approving, tablet: ApprovingDevice) -> None:
    devices, device_id = approving.push.devices, _id(approving, tablet)
    devices.gone(device_id, Subscription("https://updates.push.services.mozilla.com/old", "", ""))
    assert devices.subscription(device_id, "") is not None


def test_what_is_answered_is_not_pushed_any_more(approving: Approving, tablet: ApprovingDevice) -> None:
    request_id = approving.push.ask(approving.attempt())["request"].id
    devices, device_id = approving.push.devices, _id(approving, tablet)
    assert devices.subscription(device_id, request_id) is not None
    approving.answer(approving.device.answer(approving.asked(), "deny"))
    assert devices.subscription(device_id, request_id) is None


def test_how_it_fared_is_kept_for_the_page(approving: Approving, tablet: ApprovingDevice) -> None:
    request_id = approving.push.ask(approving.attempt())["request"].id
    seen = []
    for outcome in ("trouble", "sent", "trouble"):
        approving.push.devices.report(request_id, outcome)  # type: ignore[arg-type]
        seen.append(approving.push.approvals.state(request_id)["delivery"])
    assert seen == ["trouble", "sent", "sent"]
    approving.push.devices.report("", "sent")


def test_a_closed_account_has_no_devices(approving: Approving) -> None:
    with approving.common.database.write() as tx:
        tx.run("UPDATE account SET status = 'disabled'")
    with pytest.raises(BadMessage) as error:
        approving.push.devices.identify(approving.device.sign("list"), "list")
    assert error.value.unknown


def test_the_security_page_says_whether_a_device_is_notified(approving: Approving, tablet: ApprovingDevice) -> None:
    details = approving.push.details(approving.account_id)
    assert details[_id(approving, tablet)] == "gets notifications"
    assert details[_id(approving, approving.device)].startswith("shows requests when")
