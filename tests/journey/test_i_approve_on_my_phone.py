"""Somebody registers a phone and approves sign-ins there: a real Firefox, real Web Push, and another browser that signs in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, confirm_address, heading, look, open_mail, sign_in
from tests.support.firefox import until
from tests.support.phone import Phone
from tests.support.push_service import PushService
from tests.support.stack import Stack

ASKED = "Are you signing in to IP Portal?"
ADD = "/account/security/push/add"
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def the_phone() -> Iterator[Phone]:
    service = PushService()
    phone = Phone(service)
    yield phone
    phone.close()
    service.stop()


@pytest.fixture
def phone(the_phone: Phone) -> Phone:
    the_phone.service.heal()
    return the_phone


def see(phone: Phone, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    phone.screenshot(SCREENSHOTS / f"phone-{name}.png")


def register(page: Page, phone: Phone, stack: Stack, username: str) -> None:
    """Give somebody an account, and register the phone for it."""
    stack.add_person(username, username.title(), PASSWORD)
    page.goto(stack.issuer + ADD)
    sign_in(page, username)
    confirm_address(page, stack)
    page.locator("#begin").click()
    page.get_by_label("Number on the device").fill(phone.register(page.locator("#link").inner_text()))
    page.locator("#confirm").click()
    expect(page.get_by_text("Your device is registered")).to_be_visible()
    phone.wait_for("This device is registered.")


def begin(page: Page, stack: Stack, username: str) -> str:
    """Sign in with the password; return the number that is shown then."""
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, username)
    heading(page, "Approve on your phone")
    return page.locator("#number").inner_text()


def wrong(number: str) -> str:
    return "10" if number != "10" else "11"


def test_from_the_qr_code_to_the_first_approval(page: Page, open_browser: Opened, stack: Stack, phone: Phone) -> None:
    stack.add_person("rosa", "Rosa Marini", PASSWORD)
    page.goto(stack.issuer + ADD)
    sign_in(page, "rosa")
    confirm_address(page, stack)
    heading(page, "Register a phone or another browser")
    look(page, "push-add-begin")
    page.get_by_role("button", name="Show the QR code").click()
    look(page, "push-add")
    link = page.locator("#link").inner_text()
    number = phone.register(link)
    see(phone, "number")
    # The page goes on by itself.
    heading_of_device = page.get_by_role("heading", name="Is this your device?")
    expect(heading_of_device).to_be_visible()
    look(page, "push-confirm")
    page.get_by_label("Number on the device").fill(wrong(number))
    page.locator("#confirm").click()
    expect(page.locator("#error")).to_contain_text("The device shows another number.")
    look(page, "push-confirm-wrong")
    page.get_by_label("Number on the device").fill(number)
    page.get_by_label("Name").fill("Rosa’s phone")
    page.locator("#confirm").click()
    expect(page.get_by_text("Your device is registered")).to_be_visible()
    expect(page.get_by_text("gets notifications")).to_be_visible()
    phone.wait_for("This device is registered.")
    see(phone, "registered")
    # Whoever took a photograph of the QR code comes too late.
    thief = open_browser()
    thief.goto(link)
    expect(thief.get_by_role("heading", name="This link is no longer good")).to_be_visible()
    look(thief, "push-register-spent")

    other = open_browser()
    number = begin(other, stack, "rosa")
    look(other, "push-sign-in")
    other.reload()
    assert other.locator("#number").inner_text() == number
    phone.press_notification(ASKED)
    phone.wait_for(ASKED)
    see(phone, "request")
    assert "127.0.0.1" in phone.text()
    phone.answer("#approve", number)
    phone.wait_for("The sign-in goes on by itself.")
    see(phone, "approved")
    expect(other).to_have_url(f"{stack.dashboard}/dashboard")
    assert len(phone.service.urgent()) == 1
    assert set(phone.service.delivered.values()) == {100}
    # The same answer again is no answer.
    assert phone.send_again() == {"accepted": False, "state": "expired"}


def test_what_signs_nobody_in(page: Page, open_browser: Opened, stack: Stack, phone: Phone) -> None:
    register(page, phone, stack, "fritz")
    email = "fritz@example.net"
    other = open_browser()
    number = begin(other, stack, "fritz")

    # a wrong number
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")
    phone.answer("#approve", wrong(number))
    phone.wait_for("That wasn’t the number")
    expect(other.locator("#error")).to_contain_text("wasn’t the one shown here")
    look(other, "push-wrong-number")
    assert phone.send_again() == {"accepted": False, "state": "wrong"}

    # asked again, and denied: nothing more without the password
    other.locator("#again").click()
    heading(other, "Approve on your phone")
    expect(other.locator("#error")).to_have_count(0)
    number = other.locator("#number").inner_text()
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")
    phone.answer("#deny")
    phone.wait_for("Nobody was signed in.")
    expect(other.get_by_text("You said no on your device.")).to_be_visible()
    look(other, "push-denied")
    assert len(phone.service.urgent()) == 2
    other.reload()
    assert len(phone.service.urgent()) == 2

    # the password again; and this time the answer comes too late
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.locator("#sign-in").click()
    heading(other, "Approve on your phone")
    number = other.locator("#number").inner_text()
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")
    stack.change("UPDATE push_request SET expires_at = created_at WHERE answer IS NULL")
    phone.answer("#approve", number)
    phone.wait_for("Too late")
    expect(other.locator("#error")).to_be_visible()
    heading(other, "Not approved")
    look(other, "push-expired")

    # three that weren't approved are enough for an hour
    other.locator("#again").click()
    expect(other.locator("#error")).to_contain_text("Your devices were asked too often in the last hour.")

    # "it wasn't me"
    stack.change("UPDATE push_request SET created_at = created_at - 3600")
    other.locator("#again").click()
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")
    phone.answer("#not-me")
    phone.wait_for("We have stopped it")
    see(phone, "not-me")
    expect(other.get_by_text("You said no on your device.")).to_be_visible()
    open_mail(open_browser(), stack, email, "Somebody tried to sign in with your password", "mail-push-not-me")
    phone.press("#lock")
    phone.wait_for("Your account is locked")
    expect(other).not_to_have_url(f"{stack.dashboard}/dashboard")


def test_answers_of_others_count_for_nothing(page: Page, open_browser: Opened, stack: Stack, phone: Phone) -> None:
    register(page, phone, stack, "greta")
    register(open_browser(), phone, stack, "henry")
    other = open_browser()
    number = begin(other, stack, "greta")
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")
    request_id = phone.run("() => location.pathname").split("/")[-1]
    # Henry's registration, with everything that Greta's phone knows.
    assert phone.answer_as("henry", "greta", request_id, number) == {"problem": "message", "status": 401}
    # A browser with the link and nothing else.
    stranger = open_browser()
    stranger.goto(f"{stack.issuer}/approvals/{request_id}")
    expect(stranger.get_by_role("heading", name="This browser isn’t registered")).to_be_visible()
    look(stranger, "push-not-registered")
    heading(other, "Approve on your phone")
    # A device that was removed answers nothing any more, not even what it was asked before.
    stack.change("DELETE FROM factor WHERE account_id = (SELECT id FROM account WHERE username = 'greta')")
    phone.answer("#approve", number)
    phone.wait_for("There is no such request")
    expect(other).not_to_have_url(f"{stack.dashboard}/dashboard")


def test_when_the_push_does_not_get_through(page: Page, open_browser: Opened, stack: Stack, phone: Phone) -> None:
    register(page, phone, stack, "inga")
    # The push service is down: the page says so, and the request waits on the device.
    phone.service.answer_with = 503
    other = open_browser()
    number = begin(other, stack, "inga")
    expect(other.get_by_text("The notification doesn’t get through.")).to_be_visible()
    look(other, "push-trouble")
    phone.goto(f"{stack.issuer}/approvals/")
    phone.wait_for("Waiting for your answer")
    see(phone, "list")
    phone.press("#requests a")
    phone.wait_for("Number on the sign-in page")
    phone.answer("#approve", number)
    expect(other).to_have_url(f"{stack.dashboard}/dashboard")

    # The subscription has ended: the person is told, and the device subscribes anew when its page is opened.
    phone.service.heal()
    phone.service.forget_subscriptions()
    other = open_browser()
    begin(other, stack, "inga")
    # Whichever message comes first, a notice perhaps, finds it out.
    until(lambda: 410 in [one.status for one in phone.service.posted], lambda: "nothing was sent", 10)
    stack.mail("inga@example.net", containing="can’t be reached")
    page.goto(f"{stack.issuer}/account/security")
    expect(page.get_by_text("can’t be reached")).to_be_visible()
    phone.goto(f"{stack.issuer}/approvals/")
    phone.wait_for("Waiting for your answer")
    page.reload()
    expect(page.get_by_text("gets notifications")).to_be_visible()
    number = begin(open_browser(), stack, "inga")
    phone.press_notification(ASKED)
    phone.wait_for("Number on the sign-in page")


def test_the_subscription_changes_while_nobody_looks(
    page: Page, open_browser: Opened, stack: Stack, phone: Phone
) -> None:
    def endpoints() -> set[str]:
        rows = stack.core.database.read().all("SELECT endpoint_hash FROM push_device WHERE endpoint_hash IS NOT NULL")
        return {row["endpoint_hash"] for row in rows}

    register(page, phone, stack, "juri")
    phone.goto("about:blank")
    before = endpoints()
    phone.service.forget_browsers()
    # The service worker subscribes anew and signs that it did; no page is open.
    until(lambda: bool(endpoints() - before), lambda: "the device didn’t subscribe anew", 15)
    begin(open_browser(), stack, "juri")
    phone.press_notification(ASKED)


def test_a_service_has_written_to_me(page: Page, stack: Stack, phone: Phone, write: Callable[..., None]) -> None:
    register(page, phone, stack, "noemi")
    page.goto(f"{stack.dashboard}/messages/services")
    heading(page, "Choose what you get")
    page.get_by_label("On my devices").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    phone.service.posted.clear()
    write("noemi", {"subject": "Your fee is due", "body": "What it says is for the inbox alone."})
    # It leads to the portal, where this phone isn't signed in.
    phone.press_notification("Office Notices has written to you")

    def addresses() -> list[str]:
        return [one["url"] for one in phone.command("browsingContext.getTree", {})["contexts"]]

    began = f"{stack.issuer}/sign-in"
    until(lambda: any(one.startswith(began) for one in addresses()), lambda: f"no sign-in: {addresses()}", 10)
    (posted,) = phone.service.posted
    assert (posted.status, posted.headers["Urgency"]) == (201, "normal")
    assert stack.mails("noemi@example.net")[0]["subject"] != "Office Notices: Your fee is due"
