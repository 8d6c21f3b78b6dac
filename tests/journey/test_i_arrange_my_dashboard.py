"""I arrange my dashboard: with the mouse, with the keyboard alone, and find it as I left it in any browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, fits, heading, look, sign_in, wait_until
from tests.support.stack import Stack

SAVED = "Your dashboard is saved."
WHERE = """() => Object.fromEntries([...document.querySelectorAll("#board > .widget")].map((one) =>
  [one.dataset.widget, ["x", "y", "w", "h"].map((name) => Number(one.getAttribute(`gs-${name}`) ?? (name < "x" ? 1 : 0)))]))"""


def open_dashboard(page: Page, stack: Stack, username: str, name: str) -> None:
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, username)
    heading(page, f"Welcome, {name}")


def ready(page: Page) -> None:
    expect(page.locator("[data-ready]")).to_be_visible()


def widget(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def order(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('#board > .widget')].map((one) => one.dataset.widget)")


def where(page: Page) -> dict[str, list[int]]:
    """Return column, row, width and height of each widget."""
    return page.evaluate(WHERE)


def tick(page: Page, title: str, *, on: bool = True) -> None:
    page.locator("[data-choose]").get_by_role("checkbox", name=title).set_checked(on)


def drag(page: Page, what: Locator, by: tuple[int, int]) -> None:
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box
    x, y = box["x"] + min(10, box["width"] / 2), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 13):
        page.mouse.move(x + by[0] * part / 12, y + by[1] * part / 12)
    page.mouse.up()


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)


def test_with_the_mouse_and_in_two_browsers(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("greta.grid", "Greta Grid", PASSWORD)
    open_dashboard(page, stack, "greta.grid", "Greta Grid")
    ready(page)
    expect(widget(page, "Messages")).to_contain_text("Nothing new")
    look(page, "board")

    tick(page, "Distribution Reports")
    expect(widget(page, "Distribution Reports (IP Offices)")).to_contain_text("isn’t paired to your Office")
    tick(page, "Notepad", on=False)
    expect(widget(page, "Notepad")).to_have_count(0)
    drag(page, widget(page, "Messages").get_by_role("heading"), (480, 60))
    expect(page.locator("[data-said]")).to_have_text("Messages: row 1, column 7.")
    assert order(page)[:2] == ["services", "messages"]
    before = where(page)["world-clock"]
    drag(page, page.locator("#w-world-clock .ui-resizable-se"), (0, 180))
    wait_until(lambda: where(page)["world-clock"][3] > before[3])
    page.get_by_role("button", name="Show or hide Patent Search").click()
    expect(widget(page, "Patent Search").locator("input[type=search]")).to_be_hidden()
    saved(page)
    there = where(page)
    look(page, "board-arranged")
    page.reload()
    ready(page)
    assert where(page) == there

    other = open_browser()
    open_dashboard(other, stack, "greta.grid", "Greta Grid")
    ready(other)
    assert where(other) == there
    # Both go on: the second change is of something that isn't there any more, and says so.
    tick(other, "Brand Search", on=False)
    saved(other)
    tick(page, "Design Search")
    expect(page.get_by_text("was changed somewhere else")).to_be_visible()
    expect(widget(page, "Brand Search")).to_have_count(0)
    expect(widget(page, "Design Search")).to_have_count(0)
    assert where(page) == where(other)
    without_a_connection(page)
    clear_and_start_anew(page)


def without_a_connection(page: Page) -> None:
    page.context.set_offline(True)
    tick(page, "Current Account")
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(widget(page, "Current Account")).to_contain_text("can’t be loaded")
    page.screenshot(path=SCREENSHOTS / "board-offline.png")
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is back")).to_be_visible()
    expect(widget(page, "Current Account")).to_contain_text("You have no current account yet")
    # Left at once: what was changed last isn't lost.
    tick(page, "Current Account", on=False)
    page.reload()
    ready(page)
    expect(widget(page, "Current Account")).to_have_count(0)


def clear_and_start_anew(page: Page) -> None:
    there = where(page)
    page.get_by_role("link", name="Clear dashboard").click()
    expect(page.get_by_role("dialog")).to_contain_text("how they are arranged is lost")
    look(page, "board-clear")
    page.keyboard.press("Escape")
    assert where(page) == there
    page.get_by_role("link", name="Clear dashboard").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear dashboard").click()
    expect(page.get_by_text("Your dashboard is empty. Tick widgets")).to_be_visible()
    look(page, "board-empty")
    page.get_by_role("button", name="Undo").click()
    assert where(page) == there
    page.get_by_role("link", name="Member State").click()
    page.get_by_role("dialog").get_by_role("button", name="Use this template").click()
    expect(widget(page, "Annual Contributions (Member States)")).to_contain_text("isn’t paired to your Member State")
    assert order(page)[:2] == ["annual-contributions", "messages"]
    saved(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    boxes = [widget(page, name).bounding_box() for name in ("Annual Contributions (Member States)", "Messages")]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] > boxes[1]["x"]
    assert fits(page)
    page.screenshot(path=SCREENSHOTS / "board-rtl.png", full_page=True)


def press(page: Page, label: str, said: str | None = None) -> None:
    """Press a button of the open menu with the keyboard; the focus stays on it."""
    button = page.locator(".tools[open]").get_by_role("button", name=label)
    button.focus()
    page.keyboard.press("Enter")
    if said:
        expect(page.locator("[data-said]")).to_have_text(said)
        expect(button).to_be_focused()


@pytest.mark.parametrize("width", [1280, 320])
def test_with_the_keyboard(page: Page, stack: Stack, width: int) -> None:
    username, name = f"kit.keys-{width}", f"Kit Keys {width}"
    stack.add_person(username, name, PASSWORD)
    page.set_viewport_size({"width": width, "height": 800})
    open_dashboard(page, stack, username, name)
    ready(page)
    wide = width > 1000
    if not wide:
        page.locator("[data-chooser] > summary").focus()
        page.keyboard.press("Enter")
    for box in ("Brand Search", "World Clock", "Quick Links", "Notepad"):
        page.locator("[data-choose]").get_by_role("checkbox", name=box).focus()
        page.keyboard.press("Space")
    assert order(page) == ["messages", "services", "patent-search"]
    menu = page.locator("#w-messages summary.tool")
    menu.focus()
    page.keyboard.press("Enter")
    if wide:
        press(page, "Move right", "Messages: row 1, column 7.")
        press(page, "Move right", "Messages can’t go further that way.")
        press(page, "Move down", "Messages can’t go further that way.")
        press(page, "Move left", "Messages: row 1, column 1.")
        press(page, "Move down", "Messages: row 4, column 1.")
        press(page, "Wider", "Messages: 7 of 12 columns wide, 4 rows high.")
        press(page, "Taller", "Messages: 7 of 12 columns wide, 5 rows high.")
        press(page, "Shorter", "Messages: 7 of 12 columns wide, 4 rows high.")
        press(page, "Narrower", "Messages: 6 of 12 columns wide, 4 rows high.")
    else:
        expect(page.get_by_role("button", name="Wider")).to_have_count(0)
        press(page, "Move down", "Messages: 2 of 3.")
        press(page, "Move down", "Messages: 3 of 3.")
        press(page, "Move down", "Messages can’t go further that way.")
        press(page, "Move up", "Messages: 2 of 3.")
    look(page, f"board-menu-{width}", narrow=False)
    collapse_remove_and_list(page, wide=wide)
    look(page, f"board-list-{width}", narrow=False)


def collapse_remove_and_list(page: Page, *, wide: bool) -> None:
    menu = page.locator("#w-messages summary.tool")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.get_by_role("button", name="Show or hide Messages").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#b-messages")).to_be_hidden()
    expect(page.locator("[data-said]")).to_have_text("Messages is collapsed.")
    menu.focus()
    page.keyboard.press("Enter")
    press(page, "Remove")
    expect(page.locator("[data-toast]")).to_contain_text("Messages is removed.")
    expect(page.locator("summary.tool:focus")).to_have_count(1)
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_focused()
    view = page.get_by_role("button", name="Change view")
    view.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Your widgets are shown as a list.")
    expect(view).to_be_focused()
    saved(page)
    page.reload()
    ready(page)
    expect(page.locator("[data-board]")).to_have_attribute("data-view", "list")
    if wide:
        # In the list, widgets are dragged too.
        first, last = order(page)[0], order(page)[-1]
        drag(page, page.locator(f"#w-{last} h2"), (0, -520))
        wait_until(lambda: order(page)[0] != first)


@pytest.fixture
def register(stack: Stack) -> Callable[..., None]:
    """Register a widget as a service, at an address of pairing's API."""
    secret = (Path(stack.folder) / "secrets" / "notices.secret").read_text().strip()
    form = {"grant_type": "client_credentials", "scope": "widgets:write"}
    token = requests.post(f"{stack.issuer}/token", form, auth=("notices", secret), timeout=10).json()["access_token"]

    def run(widget_id: str, title: str, path: str, **more: Any) -> None:
        manifest = {
            "title": {"en": title},
            "description": {"en": "A widget of another service."},
            "subject": "law",
            "resource": f"{stack.pairing}/api",
            "scopes": ["pairing:read"],
            "data_url": f"{stack.pairing}/api{path}",
        }
        answer = requests.put(
            f"{stack.dashboard}/api/widgets/{widget_id}",
            json=manifest | more,
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text

    return run


def test_a_service_brings_widgets_and_one_that_fails_fails_alone(
    page: Page, open_browser: Callable[..., Page], stack: Stack, register: Callable[..., None]
) -> None:
    stack.add_person("wilma.widget", "Wilma Widget", PASSWORD)
    register("reports", "Reports of ours", "/widgets/distribution-reports")
    register("broken", "Never there", "/widgets/no-such")
    open_dashboard(page, stack, "wilma.widget", "Wilma Widget")
    ready(page)
    tick(page, "Never there")
    tick(page, "Reports of ours")
    expect(widget(page, "Never there")).to_contain_text("can’t be shown now")
    expect(widget(page, "Never there")).to_contain_text("From Office Notices")
    expect(widget(page, "Reports of ours")).to_contain_text("isn’t paired to your Office")
    expect(widget(page, "World Clock")).to_contain_text("Tokyo")
    widget(page, "Never there").get_by_role("link", name="Try again").click()
    expect(widget(page, "Never there").get_by_role("link", name="Try again")).to_be_focused()
    look(page, "board-trouble")
    saved(page)

    plain = open_browser(java_script_enabled=False)
    open_dashboard(plain, stack, "wilma.widget", "Wilma Widget")
    expect(widget(plain, "Messages")).to_contain_text("Open messages")
    plain.screenshot(path=SCREENSHOTS / "board-without-javascript.png", full_page=True)
    plain.get_by_role("link", name="Open Reports of ours").click()
    heading(plain, "Reports of ours")
    expect(plain.get_by_text("isn’t paired to your Office")).to_be_visible()
    plain.get_by_role("link", name="Back to the dashboard").click()
    plain.locator("[data-chooser] > summary").click()
    plain.locator("[data-choose]").get_by_role("checkbox", name="Never there").uncheck()
    plain.get_by_role("button", name="Save", exact=True).first.click()
    expect(widget(plain, "Never there")).to_have_count(0)
    before = order_without(plain)
    plain.locator("#w-services summary").click()
    plain.locator("#w-services").get_by_role("button", name="Move up").click()
    assert order_without(plain)[0] == "services" != before[0]
    plain.locator("#w-services summary").click()
    plain.locator("#w-services").get_by_role("button", name="Remove").click()
    expect(widget(plain, "My services")).to_have_count(0)
    plain.get_by_role("button", name="Undo").click()
    expect(widget(plain, "My services")).to_be_visible()
    plain.get_by_role("link", name="Clear dashboard").click()
    heading(plain, "Clear dashboard?")
    plain.get_by_role("button", name="Clear dashboard").click()
    expect(plain.get_by_text(re.compile("^Your dashboard is empty"))).to_be_visible()


def order_without(page: Page) -> list[str]:
    return [one.get_attribute("data-widget") or "" for one in page.locator("#board > .widget").all()]
