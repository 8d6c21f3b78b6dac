"""I read my messages: services write to me, I find, read, archive and mute, and links say where they lead."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, fits, heading, look, name_menu, sign_in
from tests.journey.test_everybody_can_use_it import press_until
from tests.support.stack import Stack

FEES = {
    "subject": "Your renewal fee is due",
    "body": "<p>Dear applicant,</p><p>the <strong>fourth renewal fee</strong> for EP 1234 is due. Pay it by the end of the month:</p>"
    '<ul><li>online, at <a href="https://pay.example.org/fees?ref=1234">our payment page</a>;</li>'
    '<li>or by transfer, not at <a href="https://evil.example/">https://pay.example.org</a>.</li></ul>'
    '<script>document.title = "stolen"</script><img src="x" onerror="document.title = 1">',
    "format": "html",
    "link": "https://pay.example.org/fees?ref=1234",
    "importance": "high",
    "expires_at": "2199-12-31T23:00:00Z",
}
LIST = "ul.messages > li"


def plain(number: int) -> dict[str, str]:
    return {"subject": f"Notice {number}", "body": f"This is notice number {number}.\n\nNothing has to be done."}


def open_inbox(page: Page, stack: Stack, username: str) -> None:
    page.goto(f"{stack.dashboard}/messages")
    sign_in(page, username)
    heading(page, "Messages")


def test_from_the_first_message_to_the_archive(page: Page, stack: Stack, write: Callable[..., None]) -> None:
    stack.add_person("mira", "Mira Sand", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, "mira")
    expect(page.get_by_text("Nothing new")).to_be_visible()
    page.get_by_role("link", name="Open messages").click()
    heading(page, "Messages")
    expect(page.get_by_text("You have no messages yet")).to_be_visible()
    look(page, "messages-none")

    write("mira", *(plain(number) for number in range(30)), FEES)
    page.goto(f"{stack.dashboard}/dashboard")
    expect(page.get_by_role("main").get_by_text("31 unread")).to_be_visible()
    expect(page.locator("#inbox li")).to_have_count(4)
    look(page, "messages-on-the-dashboard")
    name_menu(page, "Mira Sand").click()
    expect(page.locator("#messages")).to_contain_text("31 unread")
    page.screenshot(path=SCREENSHOTS / "messages-name-menu.png")
    page.locator("#messages").click()
    heading(page, "Messages")
    expect(page.get_by_role("navigation", name="Sections")).to_contain_text("Office Notices 31 unread")
    look(page, "messages")

    # Another page, and back to the newest.
    page.get_by_role("link", name="Older").click()
    expect(page.locator(LIST)).to_have_count(6)
    page.get_by_role("link", name="Newest").click()
    expect(page.locator(LIST)).to_have_count(25)

    page.get_by_role("link", name=FEES["subject"]).click()
    heading(page, FEES["subject"])
    article = page.locator("article")
    expect(article.locator("script, img")).to_have_count(0)
    expect(article.locator(".message-body")).to_contain_text("https://pay.example.org (evil.example)")
    expect(article).to_contain_text("leads to pay.example.org")
    assert "noopener" in (page.locator("#link").get_attribute("rel") or "")
    assert page.title().startswith(FEES["subject"])
    look(page, "message")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 message is in the archive.")).to_be_visible()
    expect(page.get_by_role("link", name=FEES["subject"])).to_have_count(0)

    find_and_mute(page, stack, write)


def find_and_mute(page: Page, stack: Stack, write: Callable[..., None]) -> None:
    # Several at once.
    for number in (28, 29):
        page.get_by_role("checkbox", name=f"Tick Notice {number}").check()
    page.get_by_role("button", name="Mark as read", exact=True).click()
    expect(page.get_by_text("2 messages are marked as read.")).to_be_visible()
    page.get_by_role("link", name="Unread", exact=True).click()
    expect(page.get_by_role("link", name="Notice 29")).to_have_count(0)
    expect(page.get_by_role("link", name="Notice 27")).to_be_visible()

    page.get_by_label("Search in subject and text").fill("NUMBER 14")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(LIST)).to_have_count(1)
    page.get_by_label("Search in subject and text").fill("renewal")
    page.get_by_role("button", name="Search").click()
    look(page, "messages-not-found")
    page.get_by_role("link", name="Search in the archive").click()
    page.get_by_role("checkbox", name=f"Tick {FEES['subject']}").check()
    page.get_by_role("button", name="Move to the inbox").click()
    expect(page.get_by_text("1 message is in the inbox again.")).to_be_visible()

    page.get_by_role("link", name="Choose what you get").click()
    heading(page, "Choose what you get")
    page.get_by_role("group", name="Office Notices").get_by_label("Muted").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    page.goto(f"{stack.dashboard}/messages")
    page.get_by_role("button", name="Mark all messages as read").click()
    expect(page.get_by_text("are marked as read")).to_be_visible()
    write("mira", plain(99))
    page.goto(f"{stack.dashboard}/messages")
    expect(page.get_by_role("link", name="Notice 99")).to_be_visible()
    expect(page.locator(".badge", has_text="unread")).to_have_count(0)


def test_another_persons_message_is_not_there(
    page: Page, open_browser: Callable[..., Page], stack: Stack, write: Callable[..., None]
) -> None:
    for username in ("nils", "oda"):
        stack.add_person(username, username.title(), PASSWORD)
    write("nils", FEES)
    open_inbox(page, stack, "nils")
    page.get_by_role("link", name=FEES["subject"]).click()
    heading(page, FEES["subject"])
    other = open_browser()
    open_inbox(other, stack, "oda")
    other.goto(page.url)
    heading(other, "This message isn’t there")
    look(other, "message-gone")


def test_from_right_to_left_with_the_keyboard_alone(page: Page, stack: Stack, write: Callable[..., None]) -> None:
    stack.add_person("pia", "Pia Lund", PASSWORD)
    write("pia", *(plain(number) for number in range(3)), FEES)
    open_inbox(page, stack, "pia")
    press_until(page, "Tab", "[name=q]")
    page.keyboard.type("notice")
    page.keyboard.press("Enter")
    expect(page.locator(LIST)).to_have_count(3)
    press_until(page, "Tab", "[name=message]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "button[value=archive]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 message is in the archive.")).to_be_visible()
    press_until(page, "Tab", "a.subject")
    page.keyboard.press("Enter")
    heading(page, "Notice 1")

    for size in ({"width": 320, "height": 640}, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)
        for path in ("/dashboard", "/messages", "/messages/services"):
            page.goto(f"{stack.dashboard}{path}")
            page.evaluate("document.documentElement.dir = 'rtl'")
            assert fits(page), (path, size)
            page.screenshot(path=SCREENSHOTS / f"rtl{path.replace('/', '-')}-{size['width']}.png", full_page=True)


def test_without_javascript(open_browser: Callable[..., Page], stack: Stack, write: Callable[..., None]) -> None:
    stack.add_person("quin", "Quin Hale", PASSWORD)
    write("quin", *(plain(number) for number in range(30)))
    page = open_browser(java_script_enabled=False)
    open_inbox(page, stack, "quin")
    page.get_by_role("checkbox", name="Tick Notice 29").check()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("1 message is in the archive.")).to_be_visible()
    page.get_by_role("link", name="Archive", exact=True).click()
    page.get_by_role("link", name="Notice 29").click()
    heading(page, "Notice 29")
    page.get_by_role("button", name="Mark as unread").click()
    expect(page).to_have_url(re.compile("view=archived"))
    expect(page.get_by_text("1 message is marked as unread.")).to_be_visible()


def test_developers_read_how(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.dashboard}/api/")
    heading(page, "API of IP Portal")
    expect(page.get_by_text("Idempotency-Key").first).to_be_visible()
    look(page, "messages-api")
    page.goto(f"{stack.pairing}/api/")
    heading(page, "API of Pairing")
    look(page, "pairing-api")
