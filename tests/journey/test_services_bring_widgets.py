"""Services bring widgets to my dashboard: one that fails fails alone, and everything is there without JavaScript too."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journey.board_pages import open_dashboard, ready, saved, tick, widget
from tests.journey.steps import PASSWORD, SCREENSHOTS, heading, look
from tests.support.stack import Stack


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
    plain.wait_for_url("**/dashboard?undo=*")
    expect(widget(plain, "Never there")).to_have_count(0)
    first = plain.locator("#board > .widget").first
    expect(first).not_to_have_attribute("data-widget", "services")
    plain.locator("#w-services summary").click()
    plain.locator("#w-services").get_by_role("button", name="Move up").click()
    expect(first).to_have_attribute("data-widget", "services")
    plain.locator("#w-services summary").click()
    plain.locator("#w-services").get_by_role("button", name="Remove").click()
    expect(widget(plain, "My services")).to_have_count(0)
    plain.get_by_role("button", name="Undo").click()
    expect(widget(plain, "My services")).to_be_visible()
    plain.get_by_role("link", name="Clear dashboard").click()
    heading(plain, "Clear dashboard?")
    plain.get_by_role("button", name="Clear dashboard").click()
    expect(plain.get_by_text(re.compile("^Your dashboard is empty"))).to_be_visible()
