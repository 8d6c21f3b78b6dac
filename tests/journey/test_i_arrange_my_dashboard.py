"""I arrange my dashboard: with the mouse, with the keyboard alone, and find it as I left it in any browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journey.board_pages import drag, open_dashboard, order, ready, saved, tick, where, widget
from tests.journey.steps import PASSWORD, SCREENSHOTS, fits, look, wait_until
from tests.support.stack import Stack


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


def test_with_a_finger(open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("tom.touch", "Tom Touch", PASSWORD)
    page = open_browser(has_touch=True, viewport={"width": 390, "height": 800})
    open_dashboard(page, stack, "tom.touch", "Tom Touch")
    ready(page)
    before = order(page)
    browser = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        browser.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})

    def swipe(by: int, *, held: bool) -> None:
        box = page.locator("#w-messages h2").bounding_box()
        assert box
        x, y = box["x"] + 5, box["y"] + 5
        touch("Start", (x, y))
        if held:
            # What is held long enough is picked up: then no menu of the browser opens.
            wait_until(
                lambda: page.evaluate("!document.dispatchEvent(new MouseEvent('contextmenu', {cancelable: true}))")
            )
        for part in range(1, 25):
            touch("Move", (x, y + by * part / 24))
        touch("End")

    swipe(-80, held=False)
    wait_until(lambda: page.evaluate("scrollY > 0"))
    assert order(page) == before
    page.evaluate("scrollTo(0, 0)")
    swipe(320, held=True)
    wait_until(lambda: order(page)[0] != "messages")
    saved(page)
