"""I pair my account with my office and my Member State, read their documents, and break the pairing."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, fits, heading, look, name_menu, sign_in
from tests.support.stack import Stack


@pytest.fixture
def pairing(stack: Stack) -> str:
    """The service, which has forgotten what other tests have tried from this address."""
    with closing(sqlite3.connect(stack.folder / "pairing.db")) as database, database:
        database.execute("DELETE FROM pairing_throttle")
    return stack.pairing


def test_pair_read_and_break(page: Page, stack: Stack, pairing: str) -> None:
    stack.add_person("petra", "Petra Lind", PASSWORD)
    pair(page, pairing)
    address = read(page, pairing)
    page.goto(pairing)
    page.get_by_role("link", name="Break the pairing with National Office").click()
    heading(page, "Break this pairing?")
    look(page, "pairing-break")
    page.locator("#break").click()
    expect(page.get_by_text("Your account isn’t paired to your Office.")).to_be_visible()
    assert page.context.request.get(f"{pairing}{address}").status == 404


def pair(page: Page, pairing: str) -> None:
    page.goto(pairing)
    sign_in(page, "petra")
    heading(page, "Pairing")
    expect(page.get_by_text("Your account isn’t paired to your Office.")).to_be_visible()
    expect(page.get_by_text("Your account isn’t paired to your Member State.")).to_be_visible()
    look(page, "pairing-first")

    page.locator("#pair-office").click()
    heading(page, "Pair with your Office")
    look(page, "pairing-form")
    page.get_by_label("Office Customer ID").fill("1234")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_label("Office Customer ID")).to_have_value("")
    page.get_by_label("Office Customer ID").fill("1234")
    page.get_by_label("Access Code").fill("DEMO2PAIR")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "pairing-wrong")
    # With the keyboard alone.
    page.get_by_label("Office Customer ID").fill("12345")
    page.keyboard.press("Tab")
    page.keyboard.type("demo2pair")
    page.keyboard.press("Enter")
    heading(page, "Pairing")
    expect(page.get_by_text("Your account is paired to your Office.")).to_be_visible()
    expect(name_menu(page, "Petra Lind")).to_contain_text("12345")
    look(page, "pairing-paired")


def read(page: Page, pairing: str) -> str:
    page.get_by_role("link", name="See the reports").click()
    heading(page, "Distribution reports")
    page.get_by_label("Type of document").select_option("hague")
    page.locator("#show").click()
    expect(page.get_by_role("link", name="Open Hague distribution").first).to_be_visible()
    look(page, "pairing-reports")
    address = page.get_by_role("link", name="Open Hague distribution").first.get_attribute("href")
    document = page.context.request.get(f"{pairing}{address}")
    assert document.headers["content-type"] == "application/pdf"
    assert document.body().startswith(b"%PDF-")
    page.get_by_label("Type of document").select_option("pct")
    page.locator("#show").click()
    expect(page.get_by_text("No results were found. Please try another month or year.")).to_be_visible()
    look(page, "pairing-no-results")

    page.get_by_role("link", name="Annual contributions").click()
    page.get_by_role("link", name="Pair", exact=True).click()
    heading(page, "Pair with your Member State")
    page.get_by_label("Office Customer ID").fill("12345")
    page.get_by_label("Access Code").fill("DEMO2PAIR")
    page.locator("#pair").click()
    page.get_by_role("link", name="See the contributions").click()
    expect(page.get_by_role("link", name="Open Annual contribution").first).to_be_visible()
    look(page, "pairing-contributions")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert fits(page)
    page.screenshot(path=SCREENSHOTS / "pairing-contributions-rtl.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    return address or ""


def test_wrong_codes_have_to_wait_and_nothing_needs_javascript(
    open_browser: object, stack: Stack, pairing: str
) -> None:
    stack.add_person("quinn", "Quinn Abara", PASSWORD)
    page: Page = open_browser(java_script_enabled=False)  # type: ignore[operator]
    page.goto(f"{pairing}/pair/state")
    sign_in(page, "quinn")
    for number in range(6):
        page.get_by_label("Office Customer ID").fill("12345")
        page.get_by_label("Access Code").fill(f"WRONG{number}")
        page.locator("#pair").click()
    expect(page.locator("#error")).to_contain_text("Too many codes were tried with your account")
    page.screenshot(path=SCREENSHOTS / "pairing-locked.png", full_page=True)
