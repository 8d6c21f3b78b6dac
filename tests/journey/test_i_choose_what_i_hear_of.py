"""I choose what I hear of: a mail for each message of a service, none when it is muted, and notices about security in any case."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, heading, link_in, look, sign_in, wait_until
from tests.journey.test_everybody_can_use_it import press_until
from tests.support.stack import Stack

Write = Callable[..., None]


def message(subject: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "body": "What it says is for the inbox alone."} | more


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()


def test_by_mail_until_it_is_muted(page: Page, open_browser: Callable[..., Page], stack: Stack, write: Write) -> None:
    address = stack.add_person("tove", "Tove Lind", PASSWORD)
    page.goto(f"{stack.dashboard}/messages")
    sign_in(page, "tove")
    page.get_by_role("link", name="Choose what you get").click()
    heading(page, "Choose what you get")
    look(page, "channels-none")
    page.get_by_label("By e-mail").check()
    save(page)

    write("tove", message("Your fee is due"))
    mail = stack.mail(address, containing="Office Notices: Your fee is due")
    for part in (mail["text"], mail["html"]):
        assert "Hello Tove Lind," in part
        assert "Office Notices" in part
        assert "for the inbox alone" not in part
    page.goto(f"{stack.mailbox}/?to={address}")
    page.get_by_role("link", name="Office Notices: Your fee is due").click()
    expect(page.frame_locator("iframe").get_by_role("link", name="Read the message")).to_be_visible()
    look(page, "mail-of-a-message")
    page.goto(link_in(mail, "/messages/"))
    heading(page, "Your fee is due")

    page.goto(link_in(mail, "/messages/services"))
    ours = page.get_by_role("group", name="Office Notices")
    expect(ours.get_by_label("E-mail")).to_be_checked()
    look(page, "channels")
    ours.get_by_label("Muted").check()
    save(page)
    write("tove", message("Nothing much"), message("Your signing key was replaced", category="security"))
    alarm = stack.mail(address, containing="Your signing key was replaced")
    assert "Notices about security always come by mail as well." in alarm["text"]
    assert not [one for one in stack.mails(address) if "Nothing much" in one["subject"]]
    page.goto(f"{stack.dashboard}/messages?view=unread")
    expect(page.locator("ul.messages > li")).to_have_count(1)
    expect(page.get_by_role("link", name="Your signing key was replaced")).to_be_visible()
    look(page, "messages-security")
    page.get_by_role("link", name="Your signing key was replaced").click()
    expect(page.get_by_text("About security")).to_be_visible()

    # What the account says about security is there too, and told of by the account's own mail alone.
    other = open_browser()
    other.goto(f"{stack.dashboard}/messages")
    sign_in(other, "tove")
    heading(other, "Messages")
    stack.mail(address, containing="You signed in in a new browser")
    notice = other.get_by_role("link", name="You signed in in a new browser")
    wait_until(lambda: bool(other.reload() and notice.count()))
    notice.click()
    expect(other.get_by_text("From IP Account")).to_be_visible()
    expect(other.locator("#link")).to_have_attribute("href", f"{stack.issuer}/account/security")
    look(other, "message-of-the-account")
    assert not [one for one in stack.mails(address) if one["subject"].startswith("IP Account")]


def test_with_the_keyboard_alone(page: Page, stack: Stack, write: Write) -> None:
    stack.add_person("ulla", "Ulla Berg", PASSWORD)
    write("ulla", message("Hello"))
    page.goto(f"{stack.dashboard}/messages/services")
    sign_in(page, "ulla")
    heading(page, "Choose what you get")
    press_until(page, "Tab", "[name=push]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "#save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(page.get_by_role("group", name="Office Notices").get_by_label("Devices")).to_be_checked()


def test_without_javascript(open_browser: Callable[..., Page], stack: Stack, write: Write) -> None:
    stack.add_person("wilma", "Wilma Holm", PASSWORD)
    write("wilma", message("Hello"))
    page = open_browser(java_script_enabled=False)
    page.goto(f"{stack.dashboard}/messages/services")
    sign_in(page, "wilma")
    page.get_by_role("group", name="Office Notices").get_by_label("E-mail").check()
    save(page)
    expect(page.get_by_role("group", name="Office Notices").get_by_label("E-mail")).to_be_checked()
