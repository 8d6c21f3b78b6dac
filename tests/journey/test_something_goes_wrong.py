"""Wrong input, impatience, old pages: each time the person sees what happened and how to go on."""

import re
from collections.abc import Callable
from http import HTTPStatus

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, code_in, fill_sign_up, heading, look, name_menu, sign_in, sign_out, wait_until
from tests.support.stack import Stack


def test_wrong_password(page: Page, stack: Stack) -> None:
    stack.add_person("wrong.wim", "Wim Wrong", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, "wrong.wim", "not the password")
    error = page.locator("#error")
    expect(error).to_be_focused()
    expect(error).to_contain_text("The username or the password isn’t right.")
    expect(error).to_contain_text("confirm your e-mail address first")
    expect(page.get_by_label("Username")).to_have_value("wrong.wim")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    look(page, "sign-in-wrong-password")
    page.get_by_label("Username").fill("")
    page.locator("#sign-in").click()
    expect(error).to_contain_text("Enter your username or e-mail address.")
    expect(error).to_contain_text("Enter your password.")
    look(page, "sign-in-empty")
    for _attempt in range(5):
        sign_in(page, "wrong.wim", "not the password")
    heading(page, "Look into your mail")
    expect(page.locator("main")).to_contain_text("If it is right, a code is on its way to your e-mail address.")
    look(page, "sign-in-by-mail")
    page.get_by_role("link", name="Enter the password again").click()
    stack.forget_attempts()
    sign_in(page, "wrong.wim")
    heading(page, "Welcome, Wim Wrong")


def test_sign_up_with_mistakes(page: Page, stack: Stack) -> None:
    stack.add_person("taken.tess", "Tess Taken", PASSWORD)
    page.goto(f"{stack.issuer}/create-account")
    page.get_by_role("button", name="Create account").click()
    error = page.locator("#error")
    expect(error).to_be_focused()
    look(page, "create-account-empty")
    error.get_by_role("link").first.click()
    expect(page.get_by_label("Your name")).to_be_focused()

    fill_sign_up(page, "fresh.finn", password="trustno1")
    page.get_by_label("E-mail address").fill("finn at example")
    page.get_by_role("button", name="Create account").click()
    expect(error).to_contain_text("Enter an e-mail address like name@example.org.")
    expect(error).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Noor Haddad")
    expect(page.get_by_label("Country or territory")).to_have_value("LB")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    page.get_by_label("E-mail address").fill("finn@example.net")
    page.get_by_label("Password", exact=True).fill("Password123Password123")
    page.get_by_role("button", name="Create account").click()
    expect(error).to_contain_text("This password is easy to guess. Use more words")
    look(page, "create-account-weak-password")
    page.get_by_label("Username").fill("taken.tess")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(error).to_contain_text("Somebody has this username already")
    look(page, "create-account-taken-username")

    # The page stays open while its cookies go: what was typed is still there, and it works at the second go.
    page.get_by_label("Username").fill("fresh.finn")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.context.clear_cookies()
    page.get_by_role("button", name="Create account").click()
    expect(error).to_contain_text("This page was open for too long.")
    look(page, "create-account-expired")
    expect(page.get_by_label("Your name")).to_have_value("Noor Haddad")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    heading(page, "Confirm your e-mail")
    page.get_by_label("Code").fill("12345")
    page.get_by_role("button", name="Confirm e-mail").click()
    expect(error).to_contain_text("That isn’t the code we sent.")
    look(page, "confirm-wrong-code")


def test_the_address_has_an_account_already(page: Page, stack: Stack) -> None:
    """The page tells strangers nothing; the mail tells the address's owner."""
    email = stack.add_person("double.dora", "Dora Double", PASSWORD)
    page.goto(f"{stack.issuer}/create-account")
    fill_sign_up(page, "dora2")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Create account").click()
    heading(page, "Confirm your e-mail")
    assert "has an account already" in stack.mail(email)["text"]


def test_double_click(page: Page, stack: Stack) -> None:
    stack.add_person("dirk.double", "Dirk Double", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    page.get_by_label("Username").fill("dirk.double")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("#sign-in").dblclick()
    heading(page, "Welcome, Dirk Double")


def test_back_button(page: Page, stack: Stack) -> None:
    stack.add_person("bea.back", "Bea Back", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, "bea.back")
    heading(page, "Welcome, Bea Back")
    page.go_back()
    heading(page, "You’re signed in already")
    look(page, "signed-in-already")
    page.get_by_role("button", name="Continue to IP Portal").click()
    heading(page, "Welcome, Bea Back")

    page.goto(f"{stack.issuer}/account/profile")
    heading(page, "Profile")
    sign_out(page, "Bea Back")
    heading(page, "You’re signed out")
    # No personal page comes out of the cache.
    page.go_back()
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.get_by_text("Bea Back")).to_have_count(0)
    # The service is told of the sign-out by the worker, a moment later.
    guarded = f"{stack.dashboard}/dashboard"
    wait_until(lambda: page.request.get(guarded, max_redirects=0).status == HTTPStatus.SEE_OTHER)
    page.go_back()
    expect(page.get_by_text("Bea Back")).to_have_count(0)


def test_two_tabs(page: Page, stack: Stack) -> None:
    stack.add_person("tom.tabs", "Tom Tabs", PASSWORD)
    other = page.context.new_page()
    page.goto(f"{stack.dashboard}/dashboard")
    other.goto(stack.pairing)
    sign_in(page, "tom.tabs")
    heading(page, "Welcome, Tom Tabs")
    sign_in(other, "tom.tabs")
    heading(other, "Pairing")
    page.reload()
    expect(name_menu(page, "Tom Tabs")).to_be_visible()


def test_sign_in_page_that_expired(page: Page, stack: Stack) -> None:
    stack.add_person("ella.expired", "Ella Expired", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    stack.change("UPDATE interaction SET expires_at = expires_at - 4000")
    sign_in(page, "ella.expired")
    heading(page, "This sign-in took too long")
    look(page, "sign-in-expired")
    page.get_by_role("link", name="Continue to IP Portal").click()
    sign_in(page, "ella.expired")
    heading(page, "Welcome, Ella Expired")


def test_cookies_that_went_away(page: Page, stack: Stack) -> None:
    stack.add_person("carl.cookie", "Carl Cookie", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    page.context.clear_cookies()
    sign_in(page, "carl.cookie")
    heading(page, "This page was open for too long")
    look(page, "page-expired")
    page.get_by_role("link", name="Open it again").click()
    page.get_by_role("link", name="Continue to IP Portal").click()
    sign_in(page, "carl.cookie")
    heading(page, "Welcome, Carl Cookie")
    # In the account: after signing in again they are where they were.
    page.goto(f"{stack.issuer}/account/profile")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save profile").click()
    page.get_by_role("link", name="Open it again").click()
    sign_in(page, "carl.cookie")
    heading(page, "Profile")


def test_addresses_that_lead_nowhere(page: Page, stack: Stack) -> None:
    for origin in (stack.issuer, stack.dashboard, stack.pairing):
        page.goto(f"{origin}/no-such-page")
        heading(page, "There is no page here")
        expect(page.get_by_text("Support code")).to_be_visible()
    look(page, "not-found")
    page.goto(f"{stack.issuer}/authorize?client_id=nobody&redirect_uri=https://evil.example/&response_type=code")
    heading(page, "This link doesn’t lead anywhere")
    look(page, "unknown-client")


def test_help_from_the_sign_in_page(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.dashboard}/dashboard")
    page.get_by_role("banner").get_by_role("link", name="Help").click()
    look(page, "help")
    for name in ("Contact us", "Privacy", "Cookies", "Accessibility"):
        page.get_by_role("navigation", name="About this site").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, f"help-{name.split()[0].lower()}")


def test_code_asked_again(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.issuer}/create-account")
    email = fill_sign_up(page, "resend.rui")
    page.get_by_role("button", name="Create account").click()
    again = page.get_by_role("button", name=re.compile("Send again"))
    expect(again).to_be_disabled()
    stack.mail(email)
    stack.change("UPDATE confirmation SET sent_at = sent_at - 61 WHERE address = :address", address=email)
    page.reload()
    again.click()
    expect(page.get_by_text("Another mail is on its way, with the same code.")).to_be_visible()
    look(page, "confirm-sent-again")
    # Copied with a space, as it may stand in a mail.
    code = code_in(stack.mail(email, after=1))
    page.get_by_label("Code").fill(f" {code.lower().replace('-', ' ')} ")
    page.get_by_role("button", name="Confirm e-mail").click()
    heading(page, "Your account is ready")


def test_nobody_is_told_what_others_type(open_browser: Callable[..., Page], stack: Stack) -> None:
    """A confirmation that belongs to another browser can't be used without the mail."""
    page = open_browser()
    page.goto(f"{stack.issuer}/confirm/not-a-token")
    heading(page, "This link has been used")
    page.goto(f"{stack.issuer}/reset-password/not-a-token")
    heading(page, "This link is no longer good")
