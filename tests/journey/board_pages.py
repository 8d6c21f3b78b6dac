"""What people do on their dashboards, in several stories."""

from playwright.sync_api import Locator, Page, expect

from tests.journey.steps import heading, sign_in
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
