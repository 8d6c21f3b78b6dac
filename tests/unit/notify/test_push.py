import time
from collections.abc import Mapping
from typing import Any

import http_ece
import orjson
import pytest

from config.settings import Outbound as OutboundSettings
from idp.notify.outbound import Answer, Outbound, OutboundError
from idp.notify.push import PushHandler, Subscription
from idp.notify.worker import Message, Undeliverable
from tests.support.approving_device import BrowserSubscription
from tests.support.push_service import PushService

NOW = 1_700_000_000


class FakeOutbound:
    def __init__(self, status: int) -> None:
        self.status = status
        self.posted: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.posted.append((url, body, headers))
        if not self.status:
            raise OutboundError("too slow")
        return Answer(self.status, {}, b"")


class FakeDevices:
    def __init__(self, browser: BrowserSubscription | None) -> None:
        self.known = None
        if browser:
            keys = browser.to_json()["keys"]
            self.known = Subscription(browser.endpoint, keys["p256dh"], keys["auth"])
        self.heard: list[Any] = []

    def subscription(self, device_id: str, reference: str) -> Subscription | None:
        self.heard.append((device_id, reference))
        return self.known

    def gone(self, device_id: str, subscription: Subscription) -> None:
        self.heard.append(("gone", device_id, subscription.endpoint))

    def report(self, reference: str, outcome: str) -> None:
        self.heard.append((reference, outcome))


class FakeVapid:
    def headers(self, endpoint: str, now: int) -> Mapping[str, str]:
        return {"Authorization": f"vapid for {endpoint} at {now}"}


def _deliver(status: int, browser: BrowserSubscription | None, **changes: Any) -> tuple[FakeOutbound, FakeDevices]:
    outbound, devices = FakeOutbound(status), FakeDevices(browser)
    payload = {
        "device": "phone",
        "content": {"id": "r1", "text": "é" * 500},
        "expires_at": NOW + 90,
        "urgency": "high",
        "topic": "r1",
        "reference": "r1",
    } | changes
    try:
        PushHandler(outbound, FakeVapid(), devices, lambda: NOW).deliver(Message("1", payload, NOW))
    except (Undeliverable, RuntimeError, OutboundError) as error:
        devices.heard.append(type(error))
    return outbound, devices


@pytest.fixture
def browser() -> BrowserSubscription:
    return BrowserSubscription()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_only_the_browser_can_read_it(browser: BrowserSubscription, status: int) -> None:
    outbound, devices = _deliver(status, browser)
    ((url, body, headers),) = outbound.posted
    assert url == browser.endpoint
    opened = http_ece.decrypt(body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm")
    assert orjson.loads(opened) == {"id": "r1", "text": "é" * 500}
    assert headers == {
        "TTL": "90",
        "Urgency": "high",
        "Topic": "r1",
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "Authorization": f"vapid for {browser.endpoint} at {NOW}",
    }
    assert devices.heard == [("phone", "r1"), ("r1", "sent")]


def test_each_message_has_a_key_of_its_own(browser: BrowserSubscription) -> None:
    bodies = {_deliver(201, browser, topic="")[0].posted[0][1] for _ in range(3)}
    assert len({body[:86] for body in bodies}) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_an_ended_subscription_is_reported(browser: BrowserSubscription, status: int) -> None:
    _, devices = _deliver(status, browser)
    assert devices.heard[1:] == [("gone", "phone", browser.endpoint), ("r1", "trouble"), Undeliverable]


@pytest.mark.parametrize("status", [400, 401, 403, 413, 301])
def test_what_is_refused_is_not_sent_again(browser: BrowserSubscription, status: int) -> None:
    assert _deliver(status, browser)[1].heard[1:] == [("r1", "trouble"), Undeliverable]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_what_passes_is_tried_again(browser: BrowserSubscription, status: int) -> None:
    assert _deliver(status, browser)[1].heard[1:] == [("r1", "trouble"), RuntimeError]


def test_a_service_that_is_down_or_slow_is_tried_again(browser: BrowserSubscription) -> None:
    assert _deliver(0, browser)[1].heard[1:] == [("r1", "trouble"), OutboundError]


def test_never_beyond_its_time(browser: BrowserSubscription) -> None:
    outbound, devices = _deliver(201, browser, expires_at=NOW)
    assert (outbound.posted, devices.heard[1:]) == ([], [Undeliverable])


def test_not_to_a_device_without_a_subscription() -> None:
    outbound, devices = _deliver(201, None)
    assert (outbound.posted, devices.heard[1:]) == ([], [Undeliverable])


def test_a_real_service_that_is_too_slow_is_given_up_in_time() -> None:
    service = PushService()
    try:
        browser = BrowserSubscription(f"{service.base}/wpush/v2/token")
        service.delay = 2
        began = time.monotonic()
        outbound = Outbound(OutboundSettings(allow_private=True, timeout=0.3))
        devices = FakeDevices(browser)
        payload = {
            "device": "d",
            "content": {},
            "expires_at": NOW + 90,
            "urgency": "high",
            "topic": "",
            "reference": "r1",
        }
        with pytest.raises(OutboundError):
            PushHandler(outbound, FakeVapid(), devices, lambda: NOW).deliver(Message("1", payload, NOW))
        assert time.monotonic() - began < 1.5
        assert devices.heard[-1] == ("r1", "trouble")
    finally:
        service.stop()
