"""Somebody adds passkeys and a security key, and signs in with them; what isn't theirs, or isn't the only one, opens nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import (
    PASSWORD,
    SCREENSHOTS,
    confirm_address,
    heading,
    look,
    name_menu,
    open_mail,
    sign_in,
    sign_out,
    wait_until,
)
from tests.support.firefox_keys import FirefoxWithKey
from tests.support.stack import Stack
from tests.support.virtual_keys import ChromiumKeys

ADD = "/account/security/passkeys/add"


def to_add(page: Page, stack: Stack, username: str, name: str) -> str:
    """Be on the page where a key is added, signed in; return the address of mails."""
    email = stack.add_person(username, name, PASSWORD)
    page.goto(f"{stack.issuer}{ADD}")
    sign_in(page, username)
    confirm_address(page, stack)
    heading(page, "Add a passkey or security key")
    return email


def add(page: Page, kind: str = "Passkey on this device or phone", name: str = "") -> None:
    """On that page: add a key."""
    page.get_by_label(kind).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")
    if name:
        page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("is ready to use.")).to_be_visible()


def sign_in_page(page: Page, stack: Stack) -> None:
    """Be somebody whom nobody knows yet."""
    page.context.clear_cookies()
    page.goto(f"{stack.issuer}/account")


def test_a_passkey_from_the_first_day(page: Page, stack: Stack) -> None:
    stack.add_person("pilar", "Pilar Passkey", PASSWORD)
    page.goto(f"{stack.issuer}/account/security")
    sign_in(page, "pilar")
    keys = ChromiumKeys(page)
    phone = keys.add()
    page.locator("#add-method").click()
    page.get_by_role("link", name="Set up: Passkey or security key").click()
    confirm_address(page, stack)
    heading(page, "Add a passkey or security key")
    look(page, "passkey-add")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your passkey is ready")
    expect(page.get_by_label("Name")).to_have_value(re.compile("Chrom"))
    look(page, "passkey-name")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#error")).to_contain_text("Give it a name.")
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Done").click()
    heading(page, "Security")
    expect(page.locator("#methods")).to_contain_text("My phone")
    expect(page.locator("#methods")).to_contain_text("backed up")
    look(page, "security-passkey")

    # the same one again
    page.goto(f"{stack.issuer}{ADD}")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_have_text("This key is added already. Use another one.")
    look(page, "passkey-add-known")

    # from the username field, without typing
    sign_in_page(page, stack)
    expect(name_menu(page, "Pilar Passkey")).to_be_visible()
    heading(page, "My account")

    # by the button, while the suggestions wait
    keys.user_is_present(phone, present=False)
    sign_in_page(page, stack)
    expect(page.locator("#passkey")).to_be_visible()
    look(page, "sign-in-passkey")
    keys.user_is_present(phone, present=True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "My account")
    sign_out(page, "Pilar Passkey")
    heading(page, "You’re signed out")
    assert keys.credentials(phone)[0]["signCount"] > 1


def test_after_reading_the_password_nobody_gets_in(page: Page, stack: Stack) -> None:
    to_add(page, stack, "kim", "Kim Key")
    keys = ChromiumKeys(page)
    key = keys.add_security_key(hasResidentKey=False, hasUserVerification=False, isUserVerified=False)
    add(page, "Security key", "Blue key")
    sign_in_page(page, stack)
    # It can't sign in alone, so the browser has nothing to suggest.
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-form [role=alert]")).to_contain_text("Nothing was sent.")
    look(page, "sign-in-no-passkey")
    sign_in(page, "kim")
    heading(page, "Use your passkey or security key")
    expect(page.get_by_role("main")).to_contain_text("Blue key")
    look(page, "second-step-key")
    keys.user_is_present(key, present=True)
    page.get_by_role("button", name="Use my key").click()
    heading(page, "My account")

    # without the key
    sign_in_page(page, stack)
    keys.remove(key)
    keys.add_security_key()
    sign_in(page, "kim")
    page.get_by_role("button", name="Use my key").click()
    expect(page.get_by_role("alert")).to_contain_text("none of your keys is here")
    look(page, "second-step-no-key")
    page.goto(f"{stack.issuer}/account")
    expect(page.get_by_label("Username")).to_be_visible()


def test_several_keys_that_know_what_is_going_on(page: Page, stack: Stack) -> None:
    to_add(page, stack, "signe", "Signe Signal")
    keys = ChromiumKeys(page)
    phone = keys.add()
    add(page, name="Phone")
    keys.remove(phone)
    laptop = keys.add(defaultBackupEligibility=False, defaultBackupState=False)
    page.goto(f"{stack.issuer}{ADD}")
    add(page, name="Laptop")
    expect(page.locator("#methods li")).to_contain_text(["Phone", "Laptop"])
    expect(page.locator("#methods li").nth(1)).to_contain_text("stays on its device")

    page.goto(f"{stack.issuer}/account/profile")
    page.get_by_label("Full name").fill("Signe Sommer")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    wait_until(lambda: keys.credentials(laptop)[0]["userDisplayName"] == "Signe Sommer")

    (removed,) = keys.credentials(laptop)
    page.goto(f"{stack.issuer}/account/security")
    page.get_by_role("link", name="Change Laptop").click()
    page.locator("#remove").click()
    heading(page, "Remove Laptop?")
    page.locator("button#remove").click()
    expect(page.get_by_text("Laptop is removed.")).to_be_visible()
    look(page, "security-key-removed")
    wait_until(lambda: keys.credentials(laptop) == [])

    # Another browser hasn't heard of it: it learns when it tries.
    keys.put(laptop, removed)
    keys.user_is_present(laptop, present=False)
    sign_in_page(page, stack)
    keys.user_is_present(laptop, present=True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#error")).to_contain_text("This passkey isn’t in use here any more.")
    look(page, "sign-in-passkey-removed")
    wait_until(lambda: keys.credentials(laptop) == [])
    sign_in(page, "signe")
    heading(page, "Use your passkey or security key")


def test_a_copy_is_found_out(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = to_add(page, stack, "coco", "Coco Copy")
    keys = ChromiumKeys(page)
    key = keys.add_security_key()
    add(page, "Security key", "Green key")
    (copy,) = keys.credentials(key)
    sign_in_page(page, stack)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "My account")
    for count in (0, 90):
        # The second time it is the true one; it is refused as well, for nobody can tell them apart.
        keys.clear(key)
        keys.put(key, {**copy, "signCount": count})
        sign_in_page(page, stack)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("#error")).to_contain_text("“Green key” may have been copied")
    look(page, "sign-in-key-copied")
    open_mail(open_browser(), stack, email, "One of your keys may have been copied", "mail-key-copied")


def test_a_user_who_is_not_verified(page: Page, stack: Stack) -> None:
    to_add(page, stack, "vera", "Vera Verified")
    keys = ChromiumKeys(page)
    phone = keys.add()
    add(page)
    keys.user_is_verified(phone, verified=False)
    sign_in_page(page, stack)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-form [role=alert]")).to_contain_text("Nothing was sent.")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
    keys.user_is_verified(phone, verified=True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "My account")


_ASK_ELSEWHERE = """async (asked) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
  return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
}"""


def test_another_site_that_asks(page: Page, stack: Stack) -> None:
    """A page on another port, which hands our question on, and one at another name, which the browser stops."""
    to_add(page, stack, "fia", "Fia Fooled")
    keys = ChromiumKeys(page)
    phone = keys.add()
    add(page)
    keys.user_is_present(phone, present=False)
    sign_in_page(page, stack)
    address = page.url
    asked = page.evaluate("(url) => fetch(url).then((answer) => answer.json())", f"{address}/passkey/options")
    keys.user_is_present(phone, present=True)
    page.goto(stack.dashboard)
    answer = page.evaluate(_ASK_ELSEWHERE, asked)
    page.goto(stack.dashboard.replace("localhost", "127.0.0.1"))
    with pytest.raises(Exception, match="SecurityError"):
        page.evaluate(_ASK_ELSEWHERE, asked)
    keys.user_is_present(phone, present=False)
    page.goto(address)
    page.evaluate(
        """(answer) => {
          const form = document.getElementById('passkey-form');
          form.elements.credential.value = answer;
          form.submit();
        }""",
        answer,
    )
    expect(page.locator("#error")).to_contain_text("Check that the address of this page is the right one")
    look(page, "sign-in-passkey-elsewhere")


def test_in_firefox(stack: Stack) -> None:
    stack.add_person("fox", "Fox Firefox", PASSWORD)
    with FirefoxWithKey() as firefox:
        firefox.goto(f"{stack.issuer}{ADD}")
        firefox.type("[name=username]", "fox")
        firefox.type("[name=password]", PASSWORD)
        firefox.press("#sign-in")
        firefox.wait_for("Confirm it’s you")
        stack.prove_addresses()
        firefox.goto(f"{stack.issuer}{ADD}")
        firefox.wait_for("What would you like to add?")
        firefox.press("#add-key")
        firefox.wait_for("Your passkey is ready")
        firefox.screenshot(SCREENSHOTS / "firefox-passkey-name.png")
        firefox.press("#done")
        firefox.wait_for("is ready to use.")
        firefox.command("WebDriver:DeleteAllCookies")
        firefox.goto(f"{stack.issuer}/account")
        firefox.wait_for("Sign in with a passkey")
        firefox.screenshot(SCREENSHOTS / "firefox-sign-in.png")
        firefox.press("#passkey")
        firefox.wait_for("My account")
