"""Somebody has forgotten the username or the password and gets back in, through the account's address or the recovery address."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, code_in, heading, link_in, look, name_menu, open_mail, sign_in, sign_out
from tests.support.stack import Stack

NEW = "seven umbrellas beside a kiln"


def add_recovery_address(stack: Stack, username: str, address: str) -> None:
    """Give an account a recovery address that has waited long enough."""
    stack.change(
        "INSERT INTO email_address (id, account_id, address, address_key, role, confirmed_at, usable_from, created_at)"
        " SELECT 'r' || substr(id, 2), id, :address, :address, 'recovery', created_at - 9, created_at - 9, created_at - 9"
        " FROM account WHERE username = :username",
        address=address,
        username=username,
    )


def to_sign_in(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome")


def test_forgotten_username(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("gita.rao", "Gita Rao", PASSWORD)
    add_recovery_address(stack, "gita.rao", "gita@elsewhere.example")
    for number, address in enumerate((email, "gita@elsewhere.example")):
        to_sign_in(page, stack)
        page.get_by_role("link", name="Forgot your username?").click()
        if not number:
            look(page, "forgot-username")
        page.get_by_label("E-mail address").fill(address)
        page.get_by_role("button", name="Send my username").click()
        heading(page, "Look in your mail")
        assert "gita.rao" in stack.mail(address, containing="Your username")["text"]
    look(page, "username-sent")
    open_mail(open_browser(), stack, email, "Your username", "mail-username")
    # The way back leads to the sign-in that was interrupted, and so to the service.
    page.get_by_role("link", name="Back to sign in").click()
    sign_in(page, "gita.rao")
    heading(page, "Welcome, Gita Rao")


@pytest.mark.parametrize("address", ["account", "recovery"])
@pytest.mark.parametrize("way", ["code", "link"])
def test_forgotten_password(
    page: Page, open_browser: Callable[..., Page], stack: Stack, way: str, address: str
) -> None:
    username = f"ivo-{way}-{address}"
    email = stack.add_person(username, "Ivo Marek", PASSWORD)
    if address == "recovery":
        email = f"{username}@elsewhere.example"
        add_recovery_address(stack, username, email)
    elsewhere = open_browser()
    elsewhere.goto(f"{stack.issuer}/account")
    sign_in(elsewhere, username)
    heading(elsewhere, "My account")

    to_sign_in(page, stack)
    page.get_by_role("link", name="Forgot your password?").click()
    look(page, "forgot-password")
    page.get_by_label("Username or e-mail address").fill(email if way == "link" else username)
    page.get_by_role("button", name="Send the code").click()
    heading(page, "Enter the code")
    look(page, "reset-by-code")
    mail = stack.mail(email, containing="Choose a new password")
    if way == "code":
        page.get_by_label("Code").fill("2222 2222")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("#error")).to_contain_text("That isn’t the code we sent")
        look(page, "reset-wrong-code")
        page.get_by_label("Code").fill(code_in(mail).lower())
        page.get_by_role("button", name="Continue").click()
        heading(page, "Choose a new password")
    else:
        page.goto(link_in(mail, "/reset-password/"))
        look(page, "reset-by-link")
    meter = page.locator("[data-meter] output")
    expect(meter).to_have_text("At least 15 characters")
    page.get_by_label("Password", exact=True).fill("password1")
    expect(meter).to_have_text("9 of at least 15 characters")
    page.get_by_label("Password", exact=True).fill("password1password1")
    expect(meter).to_have_text("Long enough")
    page.get_by_role("button", name="Set new password").click()
    expect(page.locator("#error")).to_contain_text("easy to guess")
    look(page, "reset-weak-password")
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_role("button", name="Set new password").click()
    heading(page, "Your password is changed")
    look(page, "password-reset")
    open_mail(open_browser(), stack, email, "Your password was changed", "mail-password-reset")

    elsewhere.reload()
    expect(elsewhere.get_by_label("Username")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, username, NEW)
    heading(page, "Welcome, Ivo Marek" if way == "code" else "My account")


def test_an_expired_link_offers_a_new_one(page: Page, stack: Stack) -> None:
    email = stack.add_person("late.lena", "Lena Late", PASSWORD)
    page.goto(f"{stack.issuer}/forgot-password")
    page.get_by_label("Username or e-mail address").fill("late.lena")
    page.get_by_role("button", name="Send the code").click()
    mail = stack.mail(email, containing="Choose a new password")
    stack.change("UPDATE confirmation SET expires_at = sent_at WHERE purpose = 'reset_password'")
    page.goto(link_in(mail, "/reset-password/"))
    heading(page, "This link is no longer good")
    look(page, "reset-expired")
    stack.forget_attempts()  # it is long ago that the first one was asked for
    page.get_by_role("link", name="Ask for a new one").click()
    page.get_by_label("Username or e-mail address").fill("late.lena")
    page.get_by_role("button", name="Send the code").click()
    stack.mail(email, containing="Choose a new password", after=1)


def test_an_expired_sign_up_link_sends_a_new_one(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.issuer}/create-account")
    page.get_by_label("Your name").fill("Otto Late")
    page.get_by_label("Username").fill("otto.late")
    page.get_by_label("E-mail address").fill("otto.late@example.net")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Country or territory").select_option("CH")
    page.get_by_label("I accept").check()
    page.get_by_role("button", name="Create account").click()
    mail = stack.mail("otto.late@example.net")
    stack.change(
        "UPDATE confirmation SET expires_at = sent_at - 1, sent_at = sent_at - 90000 WHERE address = 'otto.late@example.net'"
    )
    page.goto(link_in(mail, "/confirm/"))
    heading(page, "This link is too old")
    look(page, "sign-up-link-expired")
    page.get_by_role("button", name="Send another mail").click()
    page.get_by_label("Code").fill(code_in(stack.mail("otto.late@example.net", after=1)))
    page.get_by_role("button", name="Confirm e-mail").click()
    heading(page, "Your account is ready")
    page.goto(link_in(stack.mail("otto.late@example.net", containing="Confirm your"), "/confirm/"))
    heading(page, "This link has been used")
    look(page, "link-used")


def test_the_answer_is_the_same_for_strangers(page: Page, stack: Stack) -> None:
    stack.add_person("known.kim", "Kim Known", PASSWORD)
    seen = []
    for name in ("known.kim", "nobody.at.all"):
        page.goto(f"{stack.issuer}/forgot-password")
        page.get_by_label("Username or e-mail address").fill(name)
        page.get_by_role("button", name="Send the code").click()
        heading(page, "Enter the code")
        seen.append((urlsplit(page.url).path, page.locator("main").inner_text()))
    assert seen[0] == seen[1]
    seen = []
    for address in ("known.kim@example.net", "nobody@example.net"):
        page.goto(f"{stack.issuer}/forgot-username")
        page.get_by_label("E-mail address").fill(address)
        page.get_by_role("button", name="Send my username").click()
        heading(page, "Look in your mail")
        seen.append(page.locator("main").inner_text())
    assert seen[0] == seen[1]
    seen = []
    for name in ("known.kim", "nobody.at.all"):
        page.goto(f"{stack.issuer}/sign-in")
        sign_in(page, name, "not the password")
        seen.append(page.locator("#error").inner_text())
    assert seen[0] == seen[1]


def test_a_password_manager_knows_what_to_fill(page: Page, stack: Stack) -> None:
    def tokens() -> dict[str, str]:
        fields = page.locator("form input:not([type=hidden]), form select")
        return {field.get_attribute("name"): field.get_attribute("autocomplete") or "" for field in fields.all()}

    page.goto(f"{stack.issuer}/sign-in")
    assert tokens()["username"].split()[0] == "username"
    assert tokens()["password"] == "current-password"
    page.goto(f"{stack.issuer}/create-account")
    assert {name: tokens()[name] for name in ("name", "username", "email", "password", "country")} == {
        "name": "name",
        "username": "username",
        "email": "email",
        "password": "new-password",
        "country": "country",
    }
    email = stack.add_person("max.manager", "Max Manager", PASSWORD)
    page.goto(f"{stack.issuer}/forgot-password")
    assert tokens()["username"] == "username"
    page.get_by_label("Username or e-mail address").fill("max.manager")
    page.get_by_role("button", name="Send the code").click()
    heading(page, "Enter the code")
    assert tokens()["code"] == "one-time-code"
    page.goto(link_in(stack.mail(email), "/reset-password/"))
    assert tokens()["password"] == "new-password"
    # So that the manager replaces the right entry.
    assert page.locator("form input[autocomplete=username]").input_value() == "max.manager"
    page.goto(f"{stack.issuer}/account/password")
    sign_in(page, "max.manager")
    heading(page, "Change password")
    assert tokens()["current_password"] == "current-password"
    assert tokens()["password"] == "new-password"
    assert page.locator("form input[autocomplete=username]").input_value() == "max.manager"
    sign_out(page, "Max Manager")
    expect(name_menu(page, "Max Manager")).to_have_count(0)
