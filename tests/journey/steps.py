"""What people do in many stories, and `look`, which sees a page as four of them would."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.support.stack import Stack

PASSWORD = "violet harbour 42 lanterns"
_SETTLED_SECONDS = 3.0
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"


def look(page: Page, name: str, *, narrow: bool = True) -> None:
    """Take a screenshot, wide and light, narrow and dark, and let axe find no fault and nothing that scrolls sideways."""
    SCREENSHOTS.mkdir(exist_ok=True)
    # The page may still be on its way.
    expect(page, f"{name} has no title").to_have_title(re.compile(r"^\S.* · \S.*$"))
    assert page.evaluate("document.documentElement.lang && document.documentElement.dir")
    _examine(page, name)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    if not narrow:
        return
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme="dark")
    _examine(page, f"{name}, narrow and dark")
    page.screenshot(path=SCREENSHOTS / f"{name}-narrow-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")
    if size:
        page.set_viewport_size(size)


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what happens behind the scenes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't happen"


def fits(page: Page) -> bool:
    """Say whether nothing has to be scrolled sideways, once the page has settled: boards measure themselves after a window changed."""
    deadline = time.monotonic() + _SETTLED_SECONDS
    while not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        if time.monotonic() > deadline:
            return False
    return True


def _examine(page: Page, name: str) -> None:
    assert fits(page), f"{name} scrolls sideways"
    violations = Axe().run(page).response["violations"]
    assert violations == [], (name, [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations])


def heading(page: Page, text: str) -> None:
    """Be on the page with this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("#sign-in").click()


def name_menu(page: Page, name: str) -> Locator:
    """Return the name in the upper corner."""
    return page.get_by_role("banner").locator("summary", has_text=name)


def sign_out(page: Page, name: str) -> None:
    name_menu(page, name).click()
    page.locator("#sign-out").click()


def code_in(mail: dict[str, Any]) -> str:
    found = re.search(r"^ +([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})$", mail["text"], re.MULTILINE)
    assert found, mail["text"]
    return found.group(1)


def link_in(mail: dict[str, Any], part: str) -> str:
    return next(link for link in mail["links"] if part in link)


def confirm_address(page: Page, stack: Stack, email: str = "") -> None:
    """Show that one reads one's mail, before a first second step: by the mail to `email`, or as if that had been done."""
    heading(page, "Confirm it’s you")
    if not email:
        stack.prove_addresses()
        page.reload()
        return
    before = len(stack.mails(email))
    page.locator("#send").click()
    page.get_by_label("Code").fill(code_in(stack.mail(email, containing="Your code to", after=before)))
    page.locator("#confirm").click()


def open_mail(page: Page, stack: Stack, to: str, subject: str, name: str) -> None:
    """Read the newest mail in the demo mailbox, as a person would, and look at it."""
    stack.mail(to, containing=subject)
    page.goto(f"{stack.mailbox}/?to={to}")
    look(page, "mailbox")
    page.get_by_role("link", name=subject).first.click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("never ask for your password")
    look(page, name)


def fill_sign_up(page: Page, username: str, *, name: str = "Noor Haddad", password: str = PASSWORD) -> str:
    """Fill the form, except for what a test leaves to itself; return the address used."""
    email = f"{username}@example.net"
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Username").fill(username)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Country or territory").select_option("LB")
    page.get_by_label("I accept").check()
    return email
