"""Somebody looks after the account: profile, address, password, browsers, services."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, code_in, heading, link_in, look, name_menu, open_mail, sign_in
from tests.support.stack import Stack

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def to_account(page: Page, stack: Stack, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{stack.issuer}/account")
    sign_in(page, username, password)
    heading(page, "My account")


def test_profile(page: Page, stack: Stack) -> None:
    stack.add_person("wanda", "Wanda Kowalska", PASSWORD)
    to_account(page, stack, "wanda")
    look(page, "account-overview")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Profile").click()
    look(page, "profile")
    page.get_by_label("Full name").fill("")
    page.get_by_label("Phone").fill("call me")
    page.get_by_label("Organization").fill("Kowalska & Partners")
    page.get_by_role("button", name="Save profile").click()
    expect(page.locator("#error")).to_be_focused()
    expect(page.get_by_label("Organization")).to_have_value("Kowalska & Partners")
    look(page, "profile-errors")
    page.locator("#error").get_by_role("link").first.click()
    expect(page.get_by_label("Full name")).to_be_focused()
    page.get_by_label("Full name").fill("Wanda Maria Kowalska")
    page.get_by_label("Phone").fill("+48 22 555 01 23")
    page.get_by_label("Street and number").fill("Prosta 1\n3rd floor")
    page.get_by_label("Time zone").select_option("Europe/Warsaw")
    page.get_by_label("Language").select_option("en")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(name_menu(page, "Wanda Maria Kowalska")).to_be_visible()
    look(page, "profile-saved")
    expect(page.get_by_label("Street and number")).to_have_value("Prosta 1\n3rd floor")


def test_change_of_address(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    old = stack.add_person("yuki", "Yuki Mori", PASSWORD)
    new = "yuki@new.example"
    to_account(page, stack, "yuki")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="E-mail addresses").click()
    look(page, "email-addresses")
    page.get_by_label("E-mail address").fill("yuki at new")
    page.get_by_role("button", name="Send a code to the new address").click()
    expect(page.locator("#error")).to_contain_text("Enter an e-mail address like name@example.org.")
    page.get_by_label("E-mail address").fill(new)
    page.get_by_role("button", name="Send a code to the new address").click()
    heading(page, "Confirm your new address")
    look(page, "confirm-new-address")
    open_mail(open_browser(), stack, old, "Your e-mail address is about to change", "mail-address-change-asked")
    page.get_by_label("Code").fill(code_in(stack.mail(new)))
    page.get_by_role("button", name="Confirm e-mail").click()
    expect(page.get_by_text("Your e-mail address is changed.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(new)
    look(page, "address-changed")
    for address in (old, new):
        assert new in stack.mail(address, containing="was changed")["text"]
    open_mail(open_browser(), stack, old, "Your e-mail address was changed", "mail-address-changed")
    again = open_browser()
    to_account(again, stack, new)
    assert link_in(stack.mail(new, containing="Confirm"), "/confirm/")


def test_password_and_other_browsers(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    email = stack.add_person("zoe", "Zoe Papadaki", PASSWORD)
    other = open_browser(user_agent=FIREFOX)
    to_account(other, stack, "zoe")
    other.goto(stack.dashboard + "/dashboard")
    heading(other, "Welcome, Zoe Papadaki")
    to_account(page, stack, "zoe")
    sections = page.get_by_role("navigation", name="Sections")
    sections.get_by_role("link", name="Security").click()
    page.get_by_role("link", name="See all, and sign out").click()
    heading(page, "Browsers and sign-ins")
    expect(page.get_by_role("main")).to_contain_text("Firefox")
    look(page, "security")
    page.get_by_role("button", name=re.compile("Sign out Firefox")).click()
    expect(page.get_by_text("Signed out.")).to_be_visible()
    look(page, "security-one-signed-out")
    other.goto(f"{stack.issuer}/account")
    expect(other.get_by_label("Username")).to_be_visible()
    sign_in(other, "zoe")
    heading(other, "My account")

    sections.get_by_role("link", name="Password").click()
    look(page, "change-password")
    page.get_by_label("Current password").fill("not my password")
    page.get_by_label("New password").fill("twelve paper boats drifting")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#error")).to_contain_text("This isn’t your current password.")
    look(page, "change-password-wrong")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("twelve paper boats drifting")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed. We have sent you a mail about it.")).to_be_visible()
    open_mail(open_browser(), stack, email, "Your password was changed", "mail-password-changed")
    other.reload()
    expect(other.get_by_label("Username")).to_be_visible()

    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_label("Username")).to_be_visible()
    look(page, "signed-out-everywhere")
    sign_in(page, "zoe", "twelve paper boats drifting")
    heading(page, "Browsers and sign-ins")


def test_services_with_access(page: Page, stack: Stack) -> None:
    stack.add_person("amir", "Amir Cohen", PASSWORD)
    to_account(page, stack, "amir")
    sections = page.get_by_role("navigation", name="Sections")
    sections.get_by_role("link", name="Services").click()
    look(page, "services-none")
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome, Amir Cohen")
    page.goto(f"{stack.issuer}/account/services")
    look(page, "services")
    page.get_by_role("button", name="Remove the access of IP Portal").click()
    expect(page.get_by_text("IP Portal no longer has access.")).to_be_visible()
    look(page, "services-removed")


def test_language(page: Page, stack: Stack) -> None:
    """With one language configured there is nothing to choose, so no menu is in the way."""
    page.goto(f"{stack.issuer}/sign-in")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.get_by_text("English")).to_have_count(0)
