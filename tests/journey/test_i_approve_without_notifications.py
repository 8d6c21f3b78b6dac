"""A browser that gets no pushes approves all the same, when its page is open; and the signing-in side needs no JavaScript."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, confirm_address, heading, look, sign_in
from tests.support.stack import Stack

ADD = "/account/security/push/add"
Opened = Callable[..., Page]


def register(tablet: Page, plain: Page, stack: Stack) -> None:
    plain.goto(stack.issuer + ADD)
    sign_in(plain, "lotte")
    # By the mail: nothing of it needs JavaScript.
    confirm_address(plain, stack, "lotte@example.net")
    heading(plain, "Register a phone or another browser")
    plain.locator("#begin").click()
    tablet.goto(plain.locator("#link").inner_text())
    look(tablet, "push-register")
    tablet.get_by_role("button", name="Register this device").click()
    expect(tablet.get_by_role("heading", name="Type this number on the other screen")).to_be_focused()
    look(tablet, "push-register-number")
    number = tablet.locator("[data-slot=number]").inner_text()
    # A reload forgets nothing.
    tablet.reload()
    expect(tablet.locator("[data-slot=number]")).to_have_text(number)
    plain.get_by_role("link", name="Continue").click()
    expect(plain.get_by_text("off: it shows requests when you open its approvals page")).to_be_visible()
    plain.get_by_label("Number on the device").fill(number)
    plain.locator("#confirm").click()
    expect(plain.get_by_text("Your device is registered")).to_be_visible()
    expect(tablet.get_by_text("This device is registered.")).to_be_visible()
    expect(tablet.get_by_text("It gets no notifications.")).to_be_visible()
    look(tablet, "push-registered")


def test_a_browser_without_notifications_and_one_without_javascript(open_browser: Opened, stack: Stack) -> None:
    stack.add_person("lotte", "Lotte Vos", PASSWORD)
    tablet = open_browser(viewport={"width": 390, "height": 844})
    register(tablet, open_browser(java_script_enabled=False), stack)
    tablet.get_by_role("link", name="Open the approvals page").click()
    expect(tablet.get_by_role("heading", name="Nothing to answer")).to_be_visible()
    look(tablet, "push-nothing")

    # sign in, without JavaScript
    other = open_browser(java_script_enabled=False)
    other.goto(f"{stack.dashboard}/dashboard")
    sign_in(other, "lotte")
    heading(other, "Approve on your phone")
    expect(other.get_by_text("Your device gets no notifications from us.")).to_be_visible()
    other.screenshot(path=SCREENSHOTS / "push-sign-in-no-javascript.png", full_page=True)
    number = other.locator("#number").inner_text()
    other.get_by_role("button", name="Continue").click()
    expect(other.locator("#error")).to_contain_text("There is no answer yet.")
    assert other.locator("#number").inner_text() == number

    # the list comes by itself; everything works with the keyboard
    expect(tablet.get_by_role("heading", name="Waiting for your answer")).to_be_visible()
    look(tablet, "push-list")
    tablet.get_by_role("link", name="Answer").press("Enter")
    expect(tablet.get_by_label("Number on the sign-in page")).to_be_focused()
    look(tablet, "push-request")
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_text("Type the two digits that the sign-in page shows.")).to_be_visible()
    look(tablet, "push-request-incomplete")
    tablet.keyboard.type(number)
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_role("heading", name="Approved", exact=True)).to_be_focused()
    look(tablet, "push-approved")
    other.get_by_role("button", name="Continue").click()
    expect(other).to_have_url(f"{stack.dashboard}/dashboard")

    # every view at once, so that axe sees them all
    tablet.evaluate("document.querySelectorAll('[data-device] [hidden]').forEach((one) => { one.hidden = false })")
    look(tablet, "push-all-views")
    tablet.evaluate("document.documentElement.dir = 'rtl'")
    tablet.screenshot(path=SCREENSHOTS / "push-all-views-rtl.png", full_page=True)


def test_an_iphone_needs_the_home_screen(page: Page, open_browser: Opened, stack: Stack) -> None:
    stack.add_person("milan", "Milan Horvat", PASSWORD)
    page.goto(stack.issuer + ADD)
    sign_in(page, "milan")
    confirm_address(page, stack)
    page.locator("#begin").click()
    link = page.locator("#link").inner_text()
    # Safari there has no PushManager, and says that it isn't on the home screen.
    phone = open_browser(viewport={"width": 390, "height": 844})
    phone.add_init_script("delete window.PushManager; navigator.standalone = false")
    phone.goto(link)
    expect(phone.get_by_role("heading", name="First, put it on your home screen")).to_be_visible()
    look(phone, "push-home-screen")
    phone.get_by_role("button", name="Register here, without notifications").click()
    expect(phone.get_by_role("button", name="Register this device")).to_be_visible()

    # The app on the home screen shares nothing with Safari: the link is pasted there.
    app = open_browser(viewport={"width": 390, "height": 844})
    app.goto(f"{stack.issuer}/approvals/")
    app.get_by_label("Or paste the link from there").fill("https://example.org/")
    app.get_by_role("button", name="Continue").click()
    expect(app.get_by_text("This isn’t the link beside the QR code.")).to_be_visible()
    app.get_by_label("Or paste the link from there").fill(link)
    app.get_by_role("button", name="Continue").click()
    app.get_by_role("button", name="Register this device").click()
    expect(app.get_by_role("heading", name="Type this number on the other screen")).to_be_visible()
    expect(page.get_by_role("heading", name="Is this your device?")).to_be_visible()
    page.get_by_role("button", name="No, start again").click()
    expect(app.get_by_role("heading", name="This device wasn’t registered")).to_be_visible()
    look(app, "push-turned-away")
    expect(page.locator("#link")).not_to_have_text(link)
