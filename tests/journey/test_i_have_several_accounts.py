"""Somebody has two accounts in one browser: adds the second, chooses, switches, and signs out of both at once."""

import re

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, heading, look, name_menu, sign_in, sign_out
from tests.support.stack import Stack


def test_two_accounts_in_one_browser(page: Page, stack: Stack) -> None:
    stack.add_person("vera.home", "Vera Nowak", PASSWORD)
    stack.add_person("vera.office", "Vera Nowak (Office)", PASSWORD)
    page.goto(f"{stack.issuer}/account")
    sign_in(page, "vera.home")
    name_menu(page, "Vera Nowak").click()
    look(page, "account-menu")
    page.get_by_role("link", name="Switch account").click()
    heading(page, "Choose an account")
    look(page, "choose-account-one")
    page.get_by_role("link", name="Use another account").click()
    sign_in(page, "vera.office")
    heading(page, "My account")
    expect(name_menu(page, "Vera Nowak (Office)")).to_be_visible()

    # A service signs in whoever is the active one.
    page.goto(stack.pairing)
    expect(name_menu(page, "Vera Nowak (Office)")).to_be_visible()

    # Switch.
    page.goto(f"{stack.issuer}/account")
    name_menu(page, "Vera Nowak").click()
    page.get_by_role("link", name="Switch account").click()
    look(page, "choose-account-two")
    page.get_by_role("button", name=re.compile("vera.home")).click()
    heading(page, "My account")
    expect(page.get_by_text("Signed in as vera.home")).to_be_visible()
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome, Vera Nowak")

    # One sign-out at the account ends both, and with them the services.
    page.goto(f"{stack.issuer}/account")
    sign_out(page, "Vera Nowak")
    heading(page, "You’re signed out")
    page.goto(f"{stack.issuer}/account")
    expect(page.get_by_label("Username")).to_be_visible()


def test_a_service_lets_me_choose(page: Page, stack: Stack) -> None:
    """`prompt=select_account`, as a service with a button "switch account" sends it."""
    stack.add_person("milo.a", "Milo Ek", PASSWORD)
    stack.add_person("milo.b", "Milo Ek (Firm)", PASSWORD)
    page.goto(f"{stack.issuer}/add-account")
    sign_in(page, "milo.a")
    heading(page, "My account")
    page.goto(f"{stack.issuer}/add-account")
    page.get_by_role("link", name="Use another account").click()
    sign_in(page, "milo.b")
    heading(page, "My account")

    begun = page.request.get(f"{stack.dashboard}/sign-in", max_redirects=0).headers["location"]
    page.goto(f"{begun}&prompt=select_account")
    heading(page, "Choose an account")
    expect(page.get_by_text("to continue to IP Portal")).to_be_visible()
    look(page, "choose-account-for-a-service")
    page.get_by_role("button", name=re.compile("milo.a")).click()
    heading(page, "Welcome, Milo Ek")

    # A link without a proof doesn't sign anybody out by itself: it asks, and then leads back to the service.
    back = f"client_id=dashboard&post_logout_redirect_uri={stack.dashboard}/signed-out"
    page.goto(f"{stack.issuer}/end-session?{back}")
    heading(page, "Sign out?")
    look(page, "confirm-sign-out")
    page.locator("#sign-out").click()
    heading(page, "You are signed out")
    expect(page).to_have_url(f"{stack.dashboard}/signed-out")
    page.goto(f"{stack.issuer}/account")
    expect(page.get_by_label("Username")).to_be_visible()
