"""Somebody is offered a passkey right after signing in, or has a browser that knows of none."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, confirm_address, heading, look, sign_in, sign_out
from tests.journey.test_i_sign_in_with_a_passkey import ADD, add, sign_in_page, to_add
from tests.support.stack import Stack
from tests.support.virtual_keys import ChromiumKeys


def test_offered_right_after_signing_in(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("oana", "Oana Pop", PASSWORD)
    keys = ChromiumKeys(page)
    phone = keys.add()
    page.goto(f"{stack.dashboard}/dashboard")
    expect(page.locator("input[name=passkeys]")).to_have_value("y")
    sign_in(page, "oana")
    heading(page, "Next time without a password?")
    look(page, "passkey-offer")
    page.locator("#create-passkey").click()
    confirm_address(page, stack)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")
    page.get_by_role("button", name="Done").click()
    # and there they are, where they wanted to go
    expect(page).to_have_url(re.compile("/dashboard"))
    assert len(keys.credentials(phone)) == 1

    # whoever doesn't want it goes on, and isn't asked again soon
    stack.add_person("otto", "Otto Berg", PASSWORD)
    other = open_browser()
    ChromiumKeys(other).add()
    for time in ("first", "second"):
        other.goto(f"{stack.dashboard}/dashboard")
        expect(other.locator("input[name=passkeys]")).to_have_value("y")
        sign_in(other, "otto")
        if time == "first":
            other.locator("#not-now").click()
        expect(other).to_have_url(re.compile("/dashboard$"))
        sign_out(other, "Otto Berg")
        expect(other.locator("#sign-out")).to_have_count(0)


def test_without_javascript(open_browser: Callable[..., Page], stack: Stack) -> None:
    page = open_browser(java_script_enabled=False)
    to_add(page, stack, "nora.noscript", "Nora Noscript")
    # This way of switching JavaScript off leaves `noscript` empty on the screen; it is in the page.
    assert "Adding a key needs JavaScript" in page.content()
    expect(page.locator("#add-key")).to_be_hidden()
    sign_in_page(page, stack)
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.locator("#passkey")).to_be_hidden()


def test_a_browser_that_knows_only_the_old_ways(open_browser: Callable[..., Page], stack: Stack) -> None:
    """Safari before 18.4 has no JSON methods; some have no passkeys at all."""
    page = open_browser()
    page.add_init_script(
        """for (const name of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON', 'isConditionalMediationAvailable'])
             delete PublicKeyCredential[name];
           delete PublicKeyCredential.prototype.toJSON;"""
    )
    to_add(page, stack, "olli", "Olli Old")
    keys = ChromiumKeys(page)
    keys.add()
    add(page)
    sign_in_page(page, stack)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "My account")
    older = open_browser()
    older.add_init_script("delete window.PublicKeyCredential")
    older.goto(f"{stack.issuer}{ADD}")
    expect(older.locator("#passkey")).to_be_hidden()
    sign_in(older, "olli")
    expect(older.get_by_text("This browser can’t use passkeys or security keys.")).to_be_visible()
    expect(older.get_by_role("button", name="Use my key")).to_be_disabled()
