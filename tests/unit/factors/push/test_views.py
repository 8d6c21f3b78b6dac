"""The pages and endpoints of devices, over the whole provider."""

from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.support.approving_device import ISSUER, ApprovingDevice
from tests.support.people import HERE
from tests.support.provider import ProviderUnderTest
from tests.support.strong import account_id


@pytest.fixture
def visitor(idp: ProviderUnderTest) -> Client:
    return idp.browser()


@pytest.fixture
def link(idp: ProviderUnderTest) -> str:
    """Return the secret of a link that alice's page shows."""
    return idp.core.strong.push.enrolments.open("sid", account_id(idp, "alice")).secret


@pytest.fixture
def device(idp: ProviderUnderTest, link: str) -> ApprovingDevice:
    enrolments, owner = idp.core.strong.push.enrolments, account_id(idp, "alice")
    made = ApprovingDevice(idp.clock())
    number = enrolments.claim(link, made.register(enrolments.challenge(link)), HERE)
    begun = enrolments.open("sid", owner)
    assert enrolments.confirm("sid", owner, begun.id, HERE, number=number, name="Phone") == "confirmed"
    return made


def post(visitor: Client, path: str, message: object, **headers: str) -> TestResponse:
    sent = {"Origin": ISSUER, **headers}
    return visitor.post(path, json={"message": message}, headers=sent, base_url=ISSUER)


def get(visitor: Client, path: str) -> TestResponse:
    with visitor.get(path, base_url=ISSUER, buffered=True) as answer:
        return answer


def test_looking_at_a_link_uses_nothing_up(idp: ProviderUnderTest, visitor: Client, link: str) -> None:
    challenge = idp.core.strong.push.enrolments.challenge(link)
    for _ in range(2):
        page = get(visitor, f"/approvals/register/{link}")
        assert f'data-challenge="{challenge}"' in page.text
    assert "needs JavaScript" in page.text
    assert 'data-challenge=""' in get(visitor, "/approvals/register/nothing").text


def test_a_device_registers_and_is_followed(visitor: Client, idp: ProviderUnderTest, link: str) -> None:
    device = ApprovingDevice(idp.clock())
    message = device.register(idp.core.strong.push.enrolments.challenge(link))
    number = post(visitor, f"/approvals/register/{link}", message).get_json()["number"]
    progress = post(visitor, "/approvals/api/progress", device.sign("progress"))
    assert progress.get_json() == {"state": "waiting", "number": number}
    late = post(visitor, f"/approvals/register/{link}", ApprovingDevice(idp.clock()).register("x"))
    assert (late.status_code, late.get_json()) == (401, {"problem": "message"})


def test_the_worker_and_the_manifest(visitor: Client) -> None:
    worker = get(visitor, "/approvals/worker.js")
    assert worker.mimetype == "text/javascript"
    assert get(visitor, "/static/push/device.js").status_code == 200
    manifest = get(visitor, "/approvals/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    document = manifest.get_json()
    assert (document["scope"], document["start_url"], document["display"]) == (
        "/approvals/",
        "/approvals/",
        "standalone",
    )
    assert get(visitor, document["icons"][0]["src"]).status_code == 200


@pytest.mark.parametrize("path", ["/approvals/", "/approvals/01m82dertmh427hr6a0dfthe7n"])
def test_a_page_tells_nothing_by_itself(visitor: Client, path: str) -> None:
    page = get(visitor, path)
    assert page.status_code == 200
    assert "needs JavaScript" in page.text
    assert "data-vapid=" in page.text


def test_what_a_device_is_asked(idp: ProviderUnderTest, visitor: Client, device: ApprovingDevice) -> None:
    listed = post(visitor, "/approvals/api/list", device.sign("list"))
    assert listed.get_json() == {"requests": [], "username": "alice", "subscribed": False}
    assert post(visitor, "/approvals/api/show", device.sign("show", request="x")).status_code == 404
    assert post(visitor, "/approvals/api/lock", device.sign("lock", request="x")).status_code == 409
    answered = post(visitor, "/approvals/api/answer", device.sign("answer", decision="approve", request="x"))
    assert (answered.status_code, answered.get_json()) == (401, {"problem": "message"})
    kept = post(visitor, "/approvals/api/subscription", device.sign("subscription", subscription=None))
    assert kept.get_json() == {"kept": True}


def test_a_clock_that_is_off_is_told_the_time(visitor: Client, device: ApprovingDevice) -> None:
    now, device.now = device.now, device.now + 3600
    answer = post(visitor, "/approvals/api/list", device.sign("list"))
    assert (answer.status_code, answer.get_json()) == (401, {"problem": "clock", "now": now})


def test_a_device_that_was_removed_is_told_so(idp: ProviderUnderTest, visitor: Client, device: ApprovingDevice) -> None:
    owner, factors = account_id(idp, "alice"), idp.core.strong.factors
    (factor,) = factors.listing(owner)
    factors.remove(owner, factor.id, HERE)
    answer = post(visitor, "/approvals/api/list", device.sign("list"))
    assert (answer.status_code, answer.get_json()) == (401, {"problem": "unknown"})


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Content-Type": "text/plain"}]
)
def test_only_our_own_pages_post(visitor: Client, device: ApprovingDevice, headers: dict[str, str]) -> None:
    answer = post(visitor, "/approvals/api/list", device.sign("list"), **headers)
    assert (answer.status_code, answer.get_json()) == (403, {"problem": "origin"})


def test_a_post_without_an_origin(visitor: Client, device: ApprovingDevice) -> None:
    answer = visitor.post("/approvals/api/list", json={"message": device.sign("list")}, base_url=ISSUER)
    assert answer.status_code == 403


@pytest.mark.parametrize("body", [[], {}, {"message": None}, {"message": 7}, {"message": "a.b.c"}, "text"])
def test_what_is_no_message(visitor: Client, body: Any) -> None:
    answer = visitor.post("/approvals/api/list", json=body, headers={"Origin": ISSUER}, base_url=ISSUER)
    assert (answer.status_code, answer.get_json()) == (401, {"problem": "message"})


def test_much_too_much(visitor: Client) -> None:
    answer = post(visitor, "/approvals/api/list", "x" * 20_000)
    assert answer.status_code == 413


def test_the_waiting_page_asks_how_it_stands(visitor: Client) -> None:
    assert get(visitor, "/approvals/unknown/state").get_json() == {"state": "over", "delivery": "none"}


def test_registering_asks_for_a_sign_in_first(visitor: Client) -> None:
    for path in ("/account/security/push/add", "/account/security/push/add/x/state"):
        answer = get(visitor, path)
        assert answer.status_code in {302, 303}
        assert "/sign-in" in answer.location
