"""Somebody adds a recovery e-mail, hears how long it waits, cancels one that a stranger added, changes it and removes it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, code_in, heading, link_in, look, open_mail, sign_in
from tests.support.stack import Stack


def signed_in_long_ago(page: Page, stack: Stack, username: str) -> None:
    page.goto(f"{stack.issuer}/account")
    sign_in(page, username)
    heading(page, "My account")
    stack.change(
        "UPDATE sso_session SET proofs = replace(proofs, '\"at\":' || authenticated_at, '\"at\":' || (authenticated_at - 3600)),"
        " authenticated_at = authenticated_at - 3600"
    )


def add(page: Page, stack: Stack, address: str) -> None:
    before = len(stack.mails(address))
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send a code").click()
    heading(page, "Confirm your recovery address")
    page.get_by_label("Code").fill(code_in(stack.mail(address, containing="Confirm", after=before)))
    page.get_by_role("button", name="Confirm e-mail").click()
    expect(page.get_by_role("status").filter(has_text="Your recovery address is confirmed.")).to_be_visible()


def test_recovery_email(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:  # noqa: PLR0915
    own = stack.add_person("tariq", "Tariq Aziz", PASSWORD)
    first, second = "tariq@elsewhere.example", "tariq@other.example"
    signed_in_long_ago(page, stack, "tariq")
    look(page, "account-overview-no-recovery")
    page.get_by_role("link", name="Add a recovery address").click()
    heading(page, "Confirm it’s you")
    look(page, "confirm-its-you")
    assert page.locator("input[autocomplete=username]").input_value() == "tariq"
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("#sign-in").click()
    heading(page, "Recovery address")
    look(page, "recovery-email-none")

    page.get_by_label("E-mail address").fill(own)
    page.get_by_role("button", name="Send a code").click()
    expect(page.locator("#error")).to_contain_text("your account’s own address")
    look(page, "recovery-email-own-address")

    page.get_by_label("E-mail address").fill(first)
    page.get_by_role("button", name="Send a code").click()
    heading(page, "Confirm your recovery address")
    look(page, "confirm-recovery-email")
    page.get_by_label("Code").fill(code_in(stack.mail(first, containing="Confirm")))
    page.get_by_role("button", name="Confirm e-mail").click()
    expect(page.get_by_text("Can be used from")).to_be_visible()
    look(page, "recovery-email-waiting")
    page.get_by_role("link", name="Overview").click()
    look(page, "account-overview-recovery-waiting")

    # Both addresses are told, with the way to undo it.
    for address in (own, first):
        assert first in stack.mail(address, containing="was added")["text"]
    stranger = open_browser()
    open_mail(stranger, stack, own, "A recovery address was added", "mail-recovery-email-added")
    # It can't be used yet: no mail goes there.
    stranger.goto(f"{stack.issuer}/forgot-password")
    stranger.get_by_label("Username or e-mail address").fill("tariq")
    stranger.get_by_role("button", name="Send the code").click()
    stack.mail(own, containing="Choose a new password")
    assert not [one for one in stack.mails(first) if "Choose a new password" in one["subject"]]

    # It wasn't me.
    stranger.goto(link_in(stack.mail(own, containing="was added"), "/cancel-recovery-email/"))
    look(stranger, "cancel-recovery-email")
    stranger.get_by_role("button", name="It wasn’t me: remove it").click()
    heading(stranger, "The recovery address is removed")
    look(stranger, "recovery-email-cancelled")
    stack.mail(first, containing="was removed")
    stranger.goto(link_in(stack.mail(first, containing="was added"), "/cancel-recovery-email/"))
    heading(stranger, "This link has been used")

    # Add it again, change it, remove it.
    page.goto(f"{stack.issuer}/account/recovery-email")
    add(page, stack, first)
    stack.change("UPDATE email_address SET usable_from = created_at WHERE role = 'recovery'")
    page.reload()
    expect(page.get_by_text("Confirmed, can be used")).to_be_visible()
    look(page, "recovery-email-usable")
    add(page, stack, second)
    stack.mail(first, containing=second)
    page.get_by_role("link", name="Remove").click()
    heading(page, "Remove the recovery address?")
    look(page, "remove-recovery-email")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Your recovery address is removed.")).to_be_visible()
    for address in (own, second):
        stack.mail(address, containing="was removed")
    open_mail(open_browser(), stack, own, "A recovery address was removed", "mail-recovery-email-removed")


def test_by_link_in_another_browser(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("uma", "Uma Devi", PASSWORD)
    page.goto(f"{stack.issuer}/account/recovery-email")
    sign_in(page, "uma")
    page.get_by_label("E-mail address").fill("uma@elsewhere.example")
    page.get_by_role("button", name="Send a code").click()
    elsewhere = open_browser()
    elsewhere.goto(link_in(stack.mail("uma@elsewhere.example"), "/confirm/"))
    elsewhere.get_by_role("button", name="Confirm e-mail").click()
    heading(elsewhere, "Thank you")
    look(elsewhere, "recovery-email-confirmed-by-link")
    # The page that waits for the code goes on by itself.
    page.reload()
    expect(page.get_by_text("Can be used from")).to_be_visible()
