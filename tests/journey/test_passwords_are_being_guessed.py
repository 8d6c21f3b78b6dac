"""Somebody tries passwords by the thousand. In a browser that hasn't signed in before I wait a moment, and type nothing twice."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.journey.steps import PASSWORD, heading, look, sign_in, sign_out, wait_until
from tests.support.stack import Stack


@pytest.fixture(scope="module", autouse=True)
def flood(running: Stack) -> Iterator[None]:
    """So many wrong passwords that the provider sees it; it looks every few seconds."""
    with requests.Session() as session:
        page = session.get(f"{running.issuer}/sign-in", timeout=10).url

        def asks() -> bool:
            return 'name="work"' in session.get(page, timeout=10).text

        hour = int(time.time()) // 3600
        running.change("INSERT INTO sign_in_failures (hour, shard, count) VALUES (:hour, 99, 1500)", hour=hour)
        wait_until(asks)
        yield
        running.change("DELETE FROM sign_in_failures")
        wait_until(lambda: not asks())


def no_script(route: Route) -> None:
    """Answer as a browser does in which scripts don't run."""
    route.fulfill(content_type="text/javascript", body="")


def test_a_new_browser_works_while_i_type(page: Page, stack: Stack) -> None:
    stack.add_person("flora.flood", "Flora Flood", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    expect(page.locator("[name=work]")).to_be_attached()
    look(page, "sign-in-in-a-flood")
    sign_in(page, "flora.flood")
    heading(page, "Welcome, Flora Flood")
    # From now on the account knows this browser.
    sign_out(page, "Flora Flood")
    page.goto(f"{stack.dashboard}/dashboard")
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.locator("[name=work]")).not_to_be_attached()
    sign_in(page, "flora.flood")
    heading(page, "Welcome, Flora Flood")


def test_a_page_that_was_open_before_goes_on_by_itself(page: Page, stack: Stack) -> None:
    stack.add_person("fay.before", "Fay Before", PASSWORD)
    page.goto(f"{stack.dashboard}/dashboard")
    # As it was before the flood.
    page.locator("[name=work]").evaluate("(field) => field.form.replaceWith(field.form.cloneNode(true))")
    page.locator("[name=work]").evaluate("(field) => field.remove()")
    sign_in(page, "fay.before")
    heading(page, "Welcome, Fay Before")


def test_without_javascript_i_wait_as_long(open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("finja.plain", "Finja Plain", PASSWORD)
    page = open_browser(java_script_enabled=False)
    page.goto(f"{stack.dashboard}/dashboard")
    page.locator("#sign-in").click()
    page.get_by_label("Username").fill("finja.plain")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    # Quicker than anybody types: the page in between.
    page.locator("[name=password]").press("Enter")
    deadline = time.monotonic() + 10
    while "dashboard" not in page.url.removeprefix(stack.issuer):
        assert time.monotonic() < deadline
        if page.get_by_role("heading", name="One moment…").count():
            expect(page.get_by_text(re.compile("Wait [12] second"))).to_be_visible()
            page.get_by_role("button", name="Continue").click()
    heading(page, "Welcome, Finja Plain")


def test_the_page_in_between_is_one_that_everybody_can_use(page: Page, stack: Stack) -> None:
    stack.add_person("fred.look", "Fred Look", PASSWORD)
    page.route("**/static/login/proof_of_work.js", no_script)
    page.goto(f"{stack.dashboard}/dashboard")
    page.locator("[name=work]").evaluate("(field) => field.remove()")
    sign_in(page, "fred.look")
    heading(page, "One moment…")
    look(page, "work-without-a-script")
    page.locator("[data-working]").evaluate(
        "(one) => { one.hidden = false; one.querySelector('progress').value = 400; }"
    )
    page.locator("[data-waiting]").evaluate("(one) => { one.hidden = true; }")
    look(page, "work")
