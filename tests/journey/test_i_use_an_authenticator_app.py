"""Somebody sets up an authenticator app and recovery codes, signs in with them, and looks after them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from idp.factors.totp import crypto
from tests.journey.steps import PASSWORD, code_in, confirm_address, heading, look, open_mail, sign_in
from tests.support.stack import Stack


def code_of(secret: str, *, later: int = 0) -> str:
    """Return what the app shows now, or some steps later."""
    import time

    return crypto.code_at(secret, int(time.time()) // crypto.STEP_SECONDS + later)


def to_security(page: Page, stack: Stack, username: str) -> None:
    page.goto(f"{stack.issuer}/account/security")
    sign_in(page, username)
    heading(page, "Security")


def set_up_app(page: Page, stack: Stack, name: str = "") -> str:
    """From the security page; return the secret that the app now has."""
    page.locator("#add-method").click()
    page.get_by_role("link", name="Set up: Authenticator app").click()
    confirm_address(page, stack)
    page.get_by_text("I can’t scan it").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_of(secret, later=-1))
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_text("Your authenticator app is set up.")).to_be_visible()
    return secret


def make_codes(page: Page) -> list[str]:
    page.get_by_role("link", name="Make recovery codes").first.click()
    page.locator("#make").click()
    codes = page.locator("#codes li").all_inner_texts()
    page.locator("#keep").click()
    expect(page.get_by_text("10 unused codes left")).to_be_visible()
    return codes


def test_setting_it_up(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("tamar", "Tamar Levi", PASSWORD)
    to_security(page, stack, "tamar")
    look(page, "security-nothing-yet")

    # set it up, with a slip of the finger
    page.locator("#add-method").click()
    heading(page, "Add a second step")
    look(page, "choose-a-method")
    page.get_by_role("link", name="Set up: Authenticator app").click()
    # It could be somebody who has stolen the password: a code comes by mail, and a wrong one is no use.
    heading(page, "Confirm it’s you")
    look(page, "prove-address")
    page.locator("#send").click()
    page.get_by_label("Code").fill("2222-2222")
    page.locator("#confirm").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "prove-address-wrong")
    mail = stack.mail(email, containing="Your code to add a second step")
    open_mail(open_browser(), stack, email, "Your code to add a second step", "mail-add-factor")
    page.get_by_label("Code").fill(code_in(mail))
    page.locator("#confirm").click()
    heading(page, "Set up an authenticator app")
    look(page, "totp-add")
    page.get_by_text("I can’t scan it").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill("12 34 56")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "totp-add-wrong")
    page.get_by_text("I can’t scan it").click()
    assert page.locator("#secret").inner_text().replace(" ", "") == secret
    # Its clock is a minute slow.
    page.get_by_label("Code from the app").fill(code_of(secret, later=-2))
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_text("Your authenticator app is set up.")).to_be_visible()
    open_mail(open_browser(), stack, email, "A way to sign in was added", "mail-method-added")


def test_recovery_codes(page: Page, stack: Stack) -> None:
    stack.add_person("rosalia", "Rosalia Lima", PASSWORD)
    to_security(page, stack, "rosalia")
    set_up_app(page, stack, "Old phone")
    page.get_by_role("link", name="Make recovery codes").first.click()
    heading(page, "Recovery codes")
    look(page, "recovery-codes-none")
    page.locator("#make").click()
    codes = page.locator("#codes li").all_inner_texts()
    assert len(set(codes)) == 10
    look(page, "recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    text = download.value.path().read_text()
    assert all(code in text for code in codes)
    page.locator("#keep").click()
    expect(page.get_by_text("10 unused codes left")).to_be_visible()
    look(page, "security-with-methods")


def test_signing_in_with_it(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("tarek", "Tarek Aziz", PASSWORD)
    to_security(page, stack, "tarek")
    secret = set_up_app(page, stack)
    make_codes(page)
    other = open_browser()
    other.goto(f"{stack.dashboard}/dashboard")
    sign_in(other, "tarek")
    heading(other, "Enter the code from your app")
    step = other.url
    look(other, "totp-sign-in")
    other.get_by_label("Code", exact=True).fill("000 000")
    other.locator("#sign-in").click()
    expect(other.locator("#error")).to_contain_text("That isn’t the code that your app shows now.")
    look(other, "totp-sign-in-wrong")
    other.get_by_label("Code", exact=True).fill(code_of(secret))
    other.get_by_label("Don’t ask again in this browser for 30 days").check()
    other.locator("#sign-in").click()
    expect(other).to_have_url(re.compile("/dashboard"))
    # the step's own address, from a bookmark say, explains
    other.goto(step)
    heading(other, "You’re signed in already")
    open_mail(open_browser(), stack, email, "You signed in in a new browser", "mail-new-device")

    # trusted: next time the password does
    other.goto(f"{stack.issuer}/account/security")
    expect(other.get_by_role("heading", name="Browsers that you trust")).to_be_visible()
    look(other, "security-with-a-trusted-browser")


def test_a_code_from_the_drawer(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("tilda", "Tilda Ek", PASSWORD)
    to_security(page, stack, "tilda")
    set_up_app(page, stack, "Old phone")
    codes = make_codes(page)
    third = open_browser()
    third.goto(f"{stack.issuer}/account")
    sign_in(third, "tilda")
    third.get_by_role("link", name="Recovery codes").click()
    heading(third, "Enter a recovery code")
    look(third, "recovery-code-sign-in")
    third.get_by_label("Recovery code").fill(codes[0].replace("-", " "))
    third.locator("#sign-in").click()
    heading(third, "My account")
    open_mail(open_browser(), stack, email, "A recovery code was used", "mail-recovery-code-used")

    # rename, then remove
    page.reload()
    page.get_by_role("link", name="Change Old phone").click()
    heading(page, "Old phone")
    look(page, "method")
    page.get_by_label("Name").fill("Phone in the drawer")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("link", name="Change Phone in the drawer").click()
    page.locator("#remove").click()
    heading(page, "Remove Phone in the drawer?")
    look(page, "remove-last-method")
    page.locator("#remove").click()
    expect(page.get_by_text("Phone in the drawer is removed.")).to_be_visible()
    open_mail(open_browser(), stack, email, "A way to sign in was removed", "mail-method-removed")


def test_everything_is_lost(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("sami", "Sami Niemi", PASSWORD)
    to_security(page, stack, "sami")
    set_up_app(page, stack)

    other = open_browser()
    other.goto(f"{stack.dashboard}/dashboard")
    sign_in(other, "sami")
    other.get_by_role("link", name="I can’t use it").click()
    heading(other, "Can’t confirm it’s you?")
    look(other, "lost")
    lost = other.url
    other.locator("#start-reset").click()
    confirm_address(other, stack, email)
    expect(other.get_by_text("They will be removed on")).to_be_visible()
    look(other, "lost-waiting")
    open_mail(open_browser(), stack, email, "Somebody says that your devices are lost", "mail-reset-asked")
    # the owner sees it, and stops it
    page.goto(f"{stack.issuer}/account/security")
    look(page, "security-reset-asked")
    page.locator("#cancel-reset").click()
    expect(page.get_by_text("Your methods stay as they are.")).to_be_visible()
    # begun again, and nobody stops it
    other.goto(lost)
    other.locator("#start-reset").click()
    heading(other, "Confirm it’s you")
    look(other, "lost-code")
    confirm_address(other, stack, email)
    expect(other.get_by_text("They will be removed on")).to_be_visible()
    stack.change("UPDATE factor_reset SET due_at = 1")
    other.goto(f"{stack.dashboard}/dashboard")
    sign_in(other, "sami")
    expect(other).to_have_url(re.compile("/dashboard"))
    stack.mail(email, containing="The waiting time is over")
