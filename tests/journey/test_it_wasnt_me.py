"""Somebody else is in the account. Its owner presses "It wasn't me" in a mail, and has it back as it was."""

import re
import time
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from idp.accounts.notices import Where
from idp.factors.totp import crypto
from tests.journey.steps import PASSWORD, code_in, heading, link_in, look, open_mail, sign_in, wait_until
from tests.support.stack import Stack

NEW = "copper lantern 77 drifts"
ELSEWHERE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
HERE = Where("192.0.2.1", ELSEWHERE)
NEW_DEVICE = "You signed in in a new browser"


def person_with_an_app(stack: Stack, username: str, name: str) -> tuple[str, str]:
    """Give somebody an account and an authenticator app that they have had for long; return address and secret."""
    email, totp = stack.add_person(username, name, PASSWORD), stack.core.strong.totp
    row = stack.core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
    assert row
    setup = totp.begin(row["id"], username, "")
    assert totp.confirm(setup, row["id"], code_of(stack, setup.secret), "My old phone", HERE)
    stack.change("UPDATE factor SET created_at = created_at - 86400 WHERE account_id = :id", id=row["id"])
    stack.mail(email, containing="A way to sign in was added")
    return email, setup.secret


def code_of(stack: Stack, secret: str) -> str:
    """Return the code of now, as if none had been used before: nobody here waits for the next one."""
    stack.change("UPDATE factor_totp SET last_step = 0")
    return crypto.code_at(secret, int(time.time()) // crypto.STEP_SECONDS)


def enter(page: Page, stack: Stack, address: str, username: str, secret: str, *, password: str = PASSWORD) -> None:
    """Sign in with password and code."""
    page.goto(address)
    sign_in(page, username, password)
    heading(page, "Enter the code from your app")
    page.get_by_label("Code", exact=True).fill(code_of(stack, secret))
    page.locator("#sign-in").click()


def take_over(thief: Page, stack: Stack, username: str, secret: str) -> str:
    """Do what a thief does who knows the password and has talked the owner out of a code; return the thief's own app."""
    enter(thief, stack, f"{stack.dashboard}/dashboard", username, secret)
    expect(thief).to_have_url(re.compile("/dashboard"))
    thief.goto(f"{stack.filing}/drafts")
    heading(thief, "Draft applications")
    thief.goto(f"{stack.issuer}/account/security/totp/add")
    thief.get_by_text("I can’t scan it").click()
    own = thief.locator("#secret").inner_text().replace(" ", "")
    thief.get_by_label("Code from the app").fill(code_of(stack, own))
    thief.get_by_label("Name").fill("Phone of the thief")
    thief.get_by_role("button", name="Set up the app").click()
    expect(thief.get_by_text("Your authenticator app is set up.")).to_be_visible()
    thief.goto(f"{stack.issuer}/account/email")
    thief.get_by_label("E-mail address").fill(f"{username}@thief.example")
    thief.get_by_role("button", name="Send a code to the new address").click()
    thief.get_by_label("Code").fill(code_in(stack.mail(f"{username}@thief.example")))
    thief.get_by_role("button", name="Confirm e-mail").click()
    expect(thief.get_by_text("Your e-mail address is changed.")).to_be_visible()
    return own


def is_out(page: Page, address: str) -> None:
    """Wait until an address, asked again and again, leads to the sign-in page."""

    def asked() -> bool:
        page.goto(address)
        return page.get_by_label("Username").is_visible()

    wait_until(asked)


def has_nothing_left(thief: Page, stack: Stack, username: str, stolen: str) -> None:
    """Neither password nor app, nor the address, nor the links that came there."""
    thief.goto(f"{stack.issuer}/account")
    sign_in(thief, username)
    expect(thief.locator("#error")).to_contain_text("isn’t right")
    sign_in(thief, username, NEW)
    heading(thief, "Enter the code from your app")
    thief.get_by_label("Code", exact=True).fill(code_of(stack, stolen))
    thief.locator("#sign-in").click()
    expect(thief.locator("#error")).to_be_visible()
    for mail in stack.mails(f"{username}@thief.example"):
        for link in mail["links"]:
            if "/wasnt-me/" in link:
                thief.goto(link)
                heading(thief, "This link is no longer good")


def test_the_owner_gets_everything_back(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email, secret = person_with_an_app(stack, "ottilie", "Ottilie Brandt")
    enter(page, stack, f"{stack.dashboard}/dashboard", "ottilie", secret)
    heading(page, "Welcome, Ottilie Brandt")
    thief = open_browser(user_agent=ELSEWHERE)
    stolen = take_over(thief, stack, "ottilie", secret)
    thief.goto(f"{stack.issuer}/sign-in")  # a sign-in of theirs that isn't over

    reader = open_browser()
    for subject, name in (
        ("A way to sign in was added", "mail-method-added-by-a-thief"),
        ("Your e-mail address was changed", "mail-address-changed-by-a-thief"),
        (NEW_DEVICE, "mail-new-device-of-a-thief"),
    ):
        open_mail(reader, stack, email, subject, name)
    reader.frame_locator("iframe").locator("a[href*='/wasnt-me/']").first.click()
    asked = reader.context.pages[-1]  # where the mail opens it
    heading(asked, "It wasn’t you?")
    look(asked, "wasnt-me")
    # To look at it changes nothing.
    thief.goto(f"{stack.issuer}/account")
    heading(thief, "My account")
    asked.locator("#lock").click()
    heading(asked, "Your account is locked")
    look(asked, "wasnt-me-locked")

    is_out(thief, f"{stack.issuer}/account")
    is_out(thief, f"{stack.dashboard}/dashboard")
    is_out(thief, f"{stack.filing}/drafts")
    thief.goto(f"{stack.issuer}/account")
    sign_in(thief, "ottilie")
    expect(thief.locator("#error")).to_contain_text("This account is locked")
    look(thief, "sign-in-locked")
    is_out(page, f"{stack.dashboard}/dashboard")

    # The mail went to the old address, which is the account's again.
    open_mail(open_browser(), stack, email, "Your account is locked", "mail-account-locked")
    assert not [one for one in stack.mails("ottilie@thief.example") if "locked" in one["subject"]]
    asked.get_by_role("link", name="Choose a new password").click()
    asked.get_by_label("Username or e-mail address").fill("ottilie")
    asked.get_by_role("button", name="Send the code").click()
    asked.goto(link_in(stack.mail(email, containing="Choose a new password"), "/reset-password/"))
    asked.get_by_label("Password", exact=True).fill(NEW)
    asked.get_by_role("button", name="Set new password").click()
    expect(asked.get_by_role("heading", level=1)).not_to_have_text("Choose a new password")
    look(asked, "wasnt-me-new-password")

    enter(asked, stack, f"{stack.issuer}/account/security", "ottilie", secret, password=NEW)
    heading(asked, "Security")
    expect(asked.get_by_text("My old phone").first).to_be_visible()
    expect(asked.get_by_text("Phone of the thief")).to_have_count(0)
    look(asked, "security-after-a-thief")
    asked.goto(f"{stack.issuer}/account/email")
    expect(asked.get_by_role("main")).to_contain_text(email)
    expect(asked.get_by_role("main")).not_to_contain_text("thief.example")

    has_nothing_left(thief, stack, "ottilie", stolen)


@pytest.fixture
def noticed(stack: Stack, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Somebody who was told of a new browser; their address, and the link."""
    username = f"nils-{len(request.node.name)}"
    email = stack.add_person(username, "Nils Holm", PASSWORD)
    row = stack.core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
    with stack.core.database.write() as tx:
        stack.core.accounts.common.notices.tell(tx, row["id"] if row else "", "new_device", HERE)
    return username, link_in(stack.mail(email, containing=NEW_DEVICE), "/wasnt-me/")


def test_a_scanner_that_opens_links_locks_nothing(page: Page, stack: Stack, noticed: tuple[str, str]) -> None:
    username, link = noticed
    for method in ("GET", "HEAD", "GET"):
        assert requests.request(method, link, timeout=5).status_code == 200
    assert requests.post(link, timeout=5).status_code == 400
    page.goto(f"{stack.issuer}/account")
    sign_in(page, username)
    heading(page, "My account")


def test_a_link_that_was_used(page: Page, open_browser: Callable[..., Page], noticed: tuple[str, str]) -> None:
    _username, link = noticed
    second = open_browser()
    for one in (page, second):
        one.goto(link)
        heading(one, "It wasn’t you?")
    page.locator("#lock").click()
    heading(page, "Your account is locked")
    # Pressed twice, in another window, or opened once more.
    second.locator("#lock").click()
    heading(second, "This link is no longer good")
    look(second, "wasnt-me-spent")
    page.goto(link)
    heading(page, "This link is no longer good")


def test_a_link_that_is_too_old(page: Page, stack: Stack, noticed: tuple[str, str]) -> None:
    username, link = noticed
    page.goto(link)
    stack.change("UPDATE alarm SET expires_at = 1")
    page.locator("#lock").click()
    heading(page, "This link is no longer good")
    page.get_by_role("link", name="Choose a new password").click()
    heading(page, "Forgot your password?")
    page.goto(f"{stack.issuer}/account")
    sign_in(page, username)
    heading(page, "My account")
    page.goto(link + "x")
    heading(page, "This link is no longer good")
