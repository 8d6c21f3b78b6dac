"""Who tries the product out finds every mail in the demo mailbox, and the way from a mail to the page that it is about."""

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, heading, look
from tests.support.stack import Stack


def test_from_a_mail_to_the_page(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.mailbox}/?to=nobody@example.net")
    expect(page.get_by_text("No mail to this address yet.")).to_be_visible()
    look(page, "mailbox-empty")
    email = stack.add_person("mia.mail", "Mia Mail", PASSWORD)
    page.goto(f"{stack.issuer}/forgot-password")
    page.get_by_label("Username or e-mail address").fill("mia.mail")
    page.get_by_role("button", name="Send the code").click()
    stack.mail(email)
    page.goto(stack.mailbox)
    page.get_by_label("Sent to").fill(email)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Choose a new password").click()
    look(page, "mail-choose-a-new-password")
    # It opens in place of the mailbox: pages of the account refuse to be framed.
    page.frame_locator("iframe").get_by_role("link", name="Choose a new password").click()
    heading(page, "Choose a new password")
    assert page.url.startswith(f"{stack.issuer}/reset-password/")
