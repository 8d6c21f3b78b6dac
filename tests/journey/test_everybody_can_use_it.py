"""With the keyboard alone, without JavaScript, from right to left, enlarged: the same pages do the same."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import (
    PASSWORD,
    SCREENSHOTS,
    code_in,
    fill_sign_up,
    fits,
    heading,
    link_in,
    name_menu,
    sign_in,
    sign_out,
    wait_until,
)
from tests.journey.strong_pages import every_strong_page
from tests.support.stack import Stack

ACCOUNT_PAGES = ("", "/profile", "/email", "/password", "/sessions", "/services", "/recovery-email")


def press_until(page: Page, key: str, reached: str) -> None:
    """Go on with the keyboard until `reached` (a selector) has the focus, which has to be seen all the way."""
    for _step in range(40):
        page.keyboard.press(key)
        focused = page.locator(":focus")
        if focused.count():
            shown = focused.evaluate("(one) => getComputedStyle(one).outlineStyle")
            assert shown != "none" or focused.evaluate("(one) => one.id") == "main", focused.evaluate(
                "(one) => one.outerHTML"
            )
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", reached):
            return
    raise AssertionError(f"{key} never leads to {reached}")


def test_with_the_keyboard_alone(page: Page, stack: Stack) -> None:
    stack.add_person("kay.keys", "Kay Keys", PASSWORD)
    page.goto(stack.dashboard)
    press_until(page, "Tab", ".skip")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    press_until(page, "Tab", "#sign-in")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Username")).to_be_visible()
    press_until(page, "Tab", "[name=username]")
    page.keyboard.type("kay.keys")
    press_until(page, "Tab", "[name=password]")
    page.keyboard.type(PASSWORD)
    press_until(page, "Tab", "[data-show]")
    page.keyboard.press("Space")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    press_until(page, "Tab", "[type=checkbox]")
    page.keyboard.press("Space")
    expect(page.get_by_label("Stay signed in")).to_be_checked()
    page.keyboard.press("Enter")
    heading(page, "Welcome, Kay Keys")

    press_until(page, "Tab", "summary#person")
    page.keyboard.press("Enter")
    item = page.get_by_role("link", name="My account")
    expect(item).to_be_visible()
    press_until(page, "Tab", "a[href$='/account']")
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(page.locator("summary#person")).to_be_focused()
    # Leaving by Tab closes it too.
    page.keyboard.press("Space")
    expect(item).to_be_visible()
    press_until(page, "Tab", "#sign-out")
    page.keyboard.press("Tab")
    expect(item).to_be_hidden()

    page.goto(f"{stack.issuer}/account/profile")
    press_until(page, "Tab", "[name=organization]")
    page.keyboard.type("Keys Ltd")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    press_until(page, "Tab", "summary#person")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "#sign-out")
    page.keyboard.press("Enter")
    heading(page, "You’re signed out")


@pytest.mark.parametrize("way", ["code", "link"])
def test_without_javascript(open_browser: Callable[..., Page], stack: Stack, way: str) -> None:
    page = open_browser(java_script_enabled=False)
    username = f"plain-{way}"
    page.goto(stack.dashboard)
    page.locator("#sign-in").click()
    sign_in(page, username, "not yet anybody's")
    expect(page.locator("#error")).to_be_visible()
    page.get_by_role("link", name="Create an account").click()
    email = fill_sign_up(page, username, name="Pia Plain")
    page.get_by_role("button", name="Create account").click()
    mail = stack.mail(email)
    # Too early: the server says so, where a script would show a countdown.
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#error")).to_contain_text("They all have the same code")
    if way == "code":
        page.get_by_label("Code").fill(code_in(mail))
    else:
        page.goto(link_in(mail, "/confirm/"))
    page.get_by_role("button", name="Confirm e-mail").click()
    heading(page, "Your account is ready")
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, username)
    heading(page, "Welcome, Pia Plain")
    second = page.context.new_page()
    second.goto(stack.pairing)
    expect(name_menu(second, "Pia Plain")).to_be_visible()
    sign_out(page, "Pia Plain")
    heading(page, "You are signed out")

    def asked_to_sign_in() -> bool:
        second.goto(stack.pairing)
        return second.get_by_label("Username").is_visible()

    wait_until(asked_to_sign_in)


def overlapping(page: Page) -> list[str]:
    """Return words and controls that lie on each other, or stick out of the window."""
    return page.evaluate(
        """() => {
          // What a box that scrolls has out of sight lies on nothing.
          const seen = (one) => {
            let {left, top, right, bottom} = one.getBoundingClientRect();
            for (let box = one.parentElement; box && box !== document.body; box = box.parentElement) {
              if (getComputedStyle(box).overflowY === 'visible') continue;
              const edge = box.getBoundingClientRect();
              [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
              [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
            }
            return {left, top, right, bottom, width: right - left, height: bottom - top};
          };
          const shown = [...document.querySelectorAll('a, button, input, select, textarea, summary, h1, h2, label, dt, dd')]
            .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest('.skip, details:not([open]) > ul'))
            .map((one) => [one, seen(one)]).filter(([, box]) => box.width > 1 && box.height > 1);
          const found = [];
          for (const [one, a] of shown) {
            if (!one.closest('.side') && (a.left < -1 || a.right > document.documentElement.clientWidth + 1)) {
              found.push(`outside: ${one.outerHTML.slice(0, 120)}`);
            }
            for (const [other, b] of shown) {
              if (one === other || one.contains(other) || other.contains(one)) continue;
              if (one.closest('.with-button') && one.closest('.with-button') === other.closest('.with-button')) continue;
              const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (wide > 2 && high > 2) found.push(`${one.outerHTML.slice(0, 120)} on ${other.outerHTML.slice(0, 120)}`);
            }
          }
          return found;
        }"""
    )


def every_page(page: Page, stack: Stack, username: str, check: Callable[[str], None]) -> None:
    page.goto(stack.dashboard)
    check("landing")
    for path in ("sign-in", "create-account", "forgot-username", "forgot-password", "help"):
        page.goto(f"{stack.issuer}/{path}")
        check(path)
    page.goto(f"{stack.issuer}/account")
    sign_in(page, username)
    heading(page, "My account")
    for path in ACCOUNT_PAGES:
        page.goto(f"{stack.issuer}/account{path}")
        check(f"account{path.replace('/', '-')}")
    for address, name in ((f"{stack.dashboard}/dashboard", "dashboard"), (stack.pairing, "pairing")):
        page.goto(address)
        expect(page.locator("summary#person")).to_be_visible()
        check(name)


@pytest.mark.parametrize("width", [1280, 320])
def test_from_right_to_left(open_browser: Callable[..., Page], stack: Stack, width: int) -> None:
    stack.add_person(f"rana-{width}", "رنا حداد", PASSWORD)
    page = open_browser(viewport={"width": width, "height": 800})

    def check(name: str) -> None:
        page.locator("html").evaluate("html => { html.dir = 'rtl' }")
        page.screenshot(path=SCREENSHOTS / f"rtl-{width}-{name}.png", full_page=True)
        assert fits(page), name
        assert overlapping(page) == [], name

    every_page(page, stack, f"rana-{width}", check)


def test_twice_as_large(open_browser: Callable[..., Page], stack: Stack) -> None:
    """200 % zoom of a window of 1280: half as many pixels, each twice as large (WCAG 2.2, 1.4.4 and 1.4.10)."""
    stack.add_person("zara.zoom", "Zara Zoom", PASSWORD)
    page = open_browser(viewport={"width": 640, "height": 400}, device_scale_factor=2, color_scheme="dark")

    def check(name: str) -> None:
        page.screenshot(path=SCREENSHOTS / f"zoom-{name}.png", full_page=True)
        assert fits(page), name
        assert overlapping(page) == [], name

    every_page(page, stack, "zara.zoom", check)


def test_large_text(open_browser: Callable[..., Page], stack: Stack) -> None:
    """Who sets the browser's text to twice its size gets it (WCAG 2.2, 1.4.4)."""
    stack.add_person("tess.text", "Tess Text-Is-Large-Here", PASSWORD)
    page = open_browser(viewport={"width": 1280, "height": 800})

    def check(name: str) -> None:
        page.locator("html").evaluate("html => { html.style.setProperty('font-size', '200%') }")
        page.screenshot(path=SCREENSHOTS / f"text-{name}.png", full_page=True)
        assert fits(page), name

    every_page(page, stack, "tess.text", check)


@pytest.mark.parametrize("how", ["rtl-1280", "rtl-320", "zoom", "text"])
def test_every_page_of_strong_authentication(open_browser: Callable[..., Page], stack: Stack, how: str) -> None:
    stack.add_person(f"stella-{how}", "Stella Strong-Authentication", PASSWORD)
    chosen: dict[str, Any] = {
        "rtl-1280": {},
        "rtl-320": {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"},
        "zoom": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2, "color_scheme": "dark"},
        "text": {},
    }[how]
    page = open_browser(**chosen)
    faults: dict[str, list[str]] = {}

    def check(name: str) -> None:
        if how.startswith("rtl"):
            page.locator("html").evaluate("html => { html.dir = 'rtl' }")
        if how == "text":
            page.locator("html").evaluate("html => { html.style.setProperty('font-size', '200%') }")
        page.screenshot(path=SCREENSHOTS / f"{how}-strong-{name}.png", full_page=True)
        found = [] if how == "text" else overlapping(page)
        if not fits(page):
            found.append("it scrolls sideways")
        if found:
            faults[name] = found

    every_strong_page(page, stack, f"stella-{how}", check)
    assert faults == {}
