"""Somebody registers a phone and approves sign-ins there: a real Firefox, real Web Push, and another browser that signs in."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, heading, look, sign_in
from tests.support.firefox import Firefox, push_preferences
from tests.support.push_service import PushService
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def firefox(push_service: PushService) -> Iterator[Firefox]:
    started = Firefox(push_preferences(push_service.port))
    yield started
    started.close()


@pytest.fixture
def phone(firefox: Firefox, push_service: PushService) -> Firefox:
    push_service.heal()
    return firefox


def see(phone: Firefox, name: str) -> None:
    """Take a screenshot, on a usual phone and on a narrow one in the dark."""
    SCREENSHOTS.mkdir(exist_ok=True)
    phone.screenshot(SCREENSHOTS / f"phone-{name}.png")


def register(page: Page, phone: Firefox, stack: Stack, username: str) -> None:
    page.goto(f"{stack.issuer}/account/security/push/add")
    sign_in(page, username)
    heading(page, "Register a phone or another browser")
    phone.goto(page.locator("#link").inner_text())
    phone.wait_for("Register only a device that is yours")
    see(phone, "register")
    phone.press("#register")
    phone.wait_for("Type this number")
    see(phone, "register-number")
    number = phone.run("() => document.querySelector('[data-slot=number]').innerText")
    page.get_by_label("Number on the device").fill(number)
    look(page, "push-confirm")
    page.locator("#confirm").click()
    expect(page.get_by_text("Your device is registered")).to_be_visible()
    phone.wait_for("This device is registered.")
    see(phone, "registered")


def test_from_the_qr_code_to_the_first_approval(
    page: Page, open_browser: Callable[..., Page], stack: Stack, phone: Firefox, push_service: PushService
) -> None:
    stack.add_person("rosa", "Rosa Marini", PASSWORD)
    t = time.time()
    register(page, phone, stack, "rosa")
    print("registered", time.time() - t)

    other = open_browser()
    other.goto(f"{stack.dashboard}/dashboard")
    sign_in(other, "rosa")
    heading(other, "Approve on your phone")
    look(other, "push-sign-in")
    number = other.locator("#number").inner_text()
    phone.press_notification()
    phone.wait_for("Are you signing in to")
    see(phone, "request")
    phone.type("#number", number)
    phone.press("#approve")
    phone.wait_for("Approved")
    see(phone, "approved")
    expect(other).to_have_url(f"{stack.dashboard}/dashboard")
    print("signed in", time.time() - t)
