"""A stranger creates an account, confirms the address, signs in once, and is signed in to two services; signs out once, and is out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import (
    code_in,
    fill_sign_up,
    heading,
    link_in,
    look,
    name_menu,
    open_mail,
    sign_in,
    sign_out,
    wait_until,
)
from tests.support.stack import Stack


@pytest.mark.parametrize("way", ["code", "link"])
def test_stranger_to_two_services(page: Page, open_browser: Callable[..., Page], stack: Stack, way: str) -> None:  # noqa: PLR0915
    page.goto(stack.dashboard)
    heading(page, "Welcome")
    look(page, "dashboard-landing")
    page.locator("#sign-in").click()
    heading(page, "Welcome")
    expect(page.get_by_text("Sign in with your IP Account to access online IP services")).to_be_visible()
    expect(page.get_by_text("to continue to IP Portal")).to_be_visible()
    look(page, "sign-in")

    page.get_by_role("link", name="Create an account").click()
    look(page, "create-account")
    email = fill_sign_up(page, f"noor-{way}")
    page.get_by_role("button", name="Create account").click()
    heading(page, "Confirm your e-mail")
    look(page, "confirm-sign-up")
    mail = stack.mail(email)
    open_mail(open_browser(), stack, email, "Confirm your e-mail address", "mail-confirm-sign-up")
    if way == "code":
        page.get_by_label("Code").fill(code_in(mail))
        page.get_by_role("button", name="Confirm e-mail").click()
    else:
        # Mail programs open links somewhere else, and scanners open them without asking anybody.
        elsewhere = open_browser()
        elsewhere.goto(link_in(mail, "/confirm/"))
        look(elsewhere, "confirm-by-link")
        elsewhere.get_by_role("button", name="Confirm e-mail").click()
        heading(elsewhere, "Your account is ready")
        # There, the way on leads to the service as well, although the sign-in was begun in the other browser.
        elsewhere.get_by_role("link", name="Sign in").click()
        look(elsewhere, "sign-in-begun-elsewhere")
        elsewhere.get_by_role("link", name="Continue to IP Portal").click()
        expect(elsewhere.get_by_text("to continue to IP Portal")).to_be_visible()
        # The page that waits for the code has nothing to wait for any more.
        page.reload()
    heading(page, "Your account is ready")
    look(page, "account-created")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_text("to continue to IP Portal")).to_be_visible()
    sign_in(page, f"noor-{way}")

    heading(page, "Welcome, Noor Haddad")
    assert page.url.startswith(stack.dashboard)
    look(page, "dashboard")
    name_menu(page, "Noor Haddad").click()
    expect(page.get_by_role("link", name="My IP Portal Dashboard")).to_be_visible()
    look(page, "dashboard-menu")

    second = page.context.new_page()
    second.goto(stack.pairing)
    heading(second, "Pairing")
    expect(name_menu(second, "Noor Haddad")).to_be_visible()
    expect(second.get_by_text("Your account isn’t paired to your Office")).to_be_visible()
    look(second, "pairing")

    page.locator("#sign-out").click()
    heading(page, "You are signed out")
    look(page, "signed-out")
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome")
    expect(page.get_by_label("Username")).to_be_visible()

    # Nobody told the second service in this browser: the provider did, behind the scenes.
    def asked_to_sign_in() -> bool:
        second.goto(stack.pairing)
        return second.get_by_label("Username").is_visible()

    wait_until(asked_to_sign_in)


def test_sign_out_from_the_account(page: Page, stack: Stack) -> None:
    stack.add_person("rosamund", "Rosamund Lind", "quiet copper 81 rivers")
    page.goto(stack.pairing)
    sign_in(page, "rosamund", "quiet copper 81 rivers")
    heading(page, "Pairing")
    page.goto(stack.issuer)
    heading(page, "My account")
    sign_out(page, "Rosamund Lind")
    heading(page, "You’re signed out")
    look(page, "signed-out-of-the-account")
    page.goto(f"{stack.issuer}/account")
    expect(page.get_by_label("Username")).to_be_visible()
