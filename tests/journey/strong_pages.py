"""Every page of strong authentication, one after the other, for tests that look at all of them."""

import re
import time
from collections.abc import Callable

import requests
from playwright.sync_api import Page, expect

from idp.factors.totp import crypto
from keys import hashing
from tests.journey.steps import PASSWORD, heading, link_in, sign_in
from tests.support.approving_device import ApprovingDevice
from tests.support.stack import Stack
from tests.support.virtual_keys import ChromiumKeys

Check = Callable[[str], None]
SECURITY = "/account/security"


def every_strong_page(page: Page, stack: Stack, username: str, check: Check) -> None:
    """Open them all; `username` is somebody who has no method yet, and whose account is locked afterwards."""
    page.goto(f"{stack.filing}/")
    check("filing-landing")
    page.locator("#sign-in").click()
    sign_in(page, username)
    expect(page).to_have_url(re.compile("/account/security/add"))
    check("choose-a-method-for-filing")
    page.goto(stack.issuer + SECURITY)
    check("security-empty")
    secret = _set_up(page, stack, f"{username}@example.net", check)
    _account_pages(page, stack, check)
    _filing(page, stack, check)
    _steps(page, stack, username, secret, check)
    _wasnt_me(page, stack, username, check)


def code_of(stack: Stack, secret: str) -> str:
    stack.change("UPDATE factor_totp SET last_step = 0")
    return crypto.code_at(secret, int(time.time()) // crypto.STEP_SECONDS)


def _set_up(page: Page, stack: Stack, email: str, check: Check) -> str:
    page.goto(f"{stack.issuer}{SECURITY}/totp/add")
    check("prove-address")
    page.locator("#send").click()
    expect(page.get_by_label("Code")).to_be_visible()
    check("prove-address-code")
    link = link_in(stack.mail(email, containing="Your code to"), "/confirm/")
    page.goto(link)
    check("prove-address-link")
    page.locator("#confirm").click()
    page.get_by_text("I can’t scan it").click()
    check("totp-add")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.locator("#error")).to_be_visible()
    page.get_by_text("I can’t scan it").click()
    check("totp-add-wrong")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_of(stack, secret))
    page.get_by_label("Name").fill("Thorough-and-carefully-named telephone of the second floor")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_text("Your authenticator app is set up.")).to_be_visible()

    keys = ChromiumKeys(page)
    plugged = keys.add()
    page.goto(f"{stack.issuer}{SECURITY}/passkeys/add")
    check("passkey-add")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your passkey is ready")
    check("passkey-name")
    page.get_by_role("button", name="Done").click()
    keys.remove(plugged)

    page.goto(f"{stack.issuer}{SECURITY}/push/add")
    check("push-add-begin")
    page.locator("#begin").click()
    check("push-add")
    link = page.locator("#link").inner_text()
    device = ApprovingDevice(int(time.time()), issuer=stack.issuer)
    message = device.register(hashing.digest(f"push enrolment {link.rpartition('/')[2]}"))
    claimed = requests.post(link, json={"message": message}, headers={"Origin": stack.issuer}, timeout=5)
    page.goto(f"{stack.issuer}{SECURITY}/push/add")
    check("push-add-confirm")
    page.get_by_label("Number on the device").fill(claimed.json()["number"])
    page.locator("#confirm").click()
    expect(page.get_by_text("Your device is registered")).to_be_visible()

    page.goto(f"{stack.issuer}{SECURITY}/recovery-codes")
    check("recovery-codes-none")
    page.locator("#make").click()
    check("recovery-codes")
    page.locator("#keep").click()
    expect(page.get_by_text("10 unused codes left")).to_be_visible()
    return secret


def _account_pages(page: Page, stack: Stack, check: Check) -> None:
    check("security")
    changes = page.locator("main a[href*='/security/methods/']")
    address = changes.first.get_attribute("href")
    page.goto(f"{stack.issuer}{address}")
    check("method")
    page.goto(f"{stack.issuer}{address}/remove")
    check("method-remove")
    for path in ("/approvals/", "/approvals/register/no-longer-good", "/approvals/gone"):
        page.goto(stack.issuer + path)
        page.wait_for_load_state("networkidle")
        check(f"device{path.replace('/', '-')}".rstrip("-"))


def _filing(page: Page, stack: Stack, check: Check) -> None:
    page.goto(f"{stack.filing}/drafts")
    heading(page, "Draft applications")
    check("filing-empty")
    page.goto(f"{stack.filing}/drafts/new")
    page.locator("#save").click()
    expect(page.locator("#error")).to_be_visible()
    check("filing-draft-wrong")
    page.get_by_label("What is it for?").select_option("trademark")
    page.get_by_label("Title").fill("KETTLEQUIET-FOR-EVERY-KITCHEN-AND-CANTEEN")
    page.get_by_label("Applicant").fill("Moreau & Daughters")
    page.locator("#save").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    check("filing-drafts")
    page.get_by_role("link", name="Edit KETTLEQUIET").click()
    check("filing-draft")
    page.get_by_role("link", name="Delete this draft").click()
    check("filing-delete")


def _steps(page: Page, stack: Stack, username: str, secret: str, check: Check) -> None:
    page.context.clear_cookies()
    page.goto(f"{stack.filing}/drafts")
    sign_in(page, username)
    expect(page).to_have_url(re.compile("/with/"))
    begun = page.url.partition("/with/")[0]
    for method in ("webauthn", "push", "recovery_codes", "totp"):
        page.goto(f"{begun}/with/{method}")
        check(f"step-{method}")
    page.get_by_label("Code", exact=True).fill("000000")
    page.locator("#sign-in").click()
    expect(page.locator("#error")).to_be_visible()
    check("step-totp-wrong")
    page.goto(f"{begun}/lost")
    check("step-lost")
    page.goto(f"{begun}/with/totp")
    page.get_by_label("Code", exact=True).fill(code_of(stack, secret))
    page.locator("#sign-in").click()
    heading(page, "Draft applications")
    page.goto(f"{begun}/with/totp")
    check("step-over")


def _wasnt_me(page: Page, stack: Stack, username: str, check: Check) -> None:
    link = link_in(stack.mail(f"{username}@example.net", containing="was added"), "/wasnt-me/")
    page.goto(link)
    check("wasnt-me")
    page.locator("#lock").click()
    check("wasnt-me-locked")
    page.goto(link)
    check("wasnt-me-spent")
    page.goto(f"{stack.issuer}/sign-in")
    sign_in(page, username, PASSWORD)
    check("sign-in-locked")
