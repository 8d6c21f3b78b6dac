"""I pay my invoices: services send them, I put some into the basket, get one reference, and see what becomes of them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, fits, heading, look, sign_in
from tests.journey.test_everybody_can_use_it import press_until
from tests.support.stack import Stack

LIST = "ul.invoices > li"
Service = Callable[..., Any]
TODAY = datetime.now(UTC).date()


@pytest.fixture
def service(stack: Stack) -> Service:
    """Call the API of payments as a service that was registered for it."""
    secret = (Path(stack.folder) / "secrets" / "notices.secret").read_text().strip()
    form = {"grant_type": "client_credentials", "scope": "payments:write"}
    token = requests.post(f"{stack.issuer}/token", form, auth=("notices", secret), timeout=10).json()["access_token"]

    def run(path: str, content: dict[str, Any] | None = None) -> Any:
        method = "GET" if content is None else "POST"
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(method, f"{stack.dashboard}/api{path}", json=content, headers=headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    return run


def sub_of(stack: Stack, username: str) -> str:
    return next(one["id"] for one in stack.cli("users", "list") if one["username"] == username)


def months_ago(number: int) -> str:
    month = TODAY.year * 12 + TODAY.month - 1 - number
    return f"{month // 12}-{month % 12 + 1:02}-05"


def invoices(name: str, sub: str) -> list[dict[str, Any]]:
    usual = {"sub": sub, "currency": "CHF", "link": "https://pay.example.org/invoices/1.pdf"}
    unpaid = [
        ("Fourth renewal fee, EP 1234567", "820.00", 9),
        ("Change of address, three registrations", "150.50", 20),
        ("Search report, application 2026/0417", "1450.00", -6),
    ]
    made = [
        usual
        | {"reference": f"{name}-2026-{417 + at}", "title": title, "amount": amount}
        | {"due": (TODAY + timedelta(days=days)).isoformat()}
        for at, (title, amount, days) in enumerate(unpaid)
    ]
    made.append(
        usual
        | {
            "reference": f"{name}-2026-99",
            "title": "Designation fee, Hague",
            "amount": "97.00",
            "due": "2099-03-01",
            "currency": "EUR",
        }
    )
    for back in (0, 1, 2, 4, 5, 8, 9, 11):
        day = months_ago(back) if back else TODAY.isoformat()
        made.append(
            usual
            | {
                "reference": f"{name}-2026-{back + 1:03}",
                "title": f"Filing fee {months_ago(back)[:7]}",
                "amount": f"{200 + back * 60}.00",
            }
            | {"due": day, "state": "paid", "paid_on": min(day, TODAY.isoformat())}
        )
    return made


def movements(name: str, sub: str) -> list[dict[str, Any]]:
    usual = {"sub": sub, "currency": "CHF"}
    made = []
    for back in range(11, -1, -1):
        day = months_ago(back) if back else TODAY.isoformat()
        made.append(
            usual
            | {
                "reference": f"{name}-D{back}",
                "kind": "deposit",
                "amount": f"{600 + back % 3 * 250}.00",
                "date": day,
                "text": "Transfer received, thank you",
            }
        )
        made.append(
            usual
            | {
                "reference": f"{name}-W{back}",
                "kind": "withdrawal",
                "amount": f"{450 + back % 4 * 120}.50",
                "date": day,
                "text": f"Renewal fees, batch {back}",
            }
        )
    return made


def test_from_the_invoice_to_the_history(
    page: Page, open_browser: Callable[..., Page], stack: Stack, service: Service
) -> None:
    stack.add_person("piet", "Piet Weil", PASSWORD)
    page.goto(f"{stack.dashboard}/payments")
    sign_in(page, "piet")
    heading(page, "Payments")
    expect(page.get_by_text("You have no invoices yet")).to_be_visible()
    look(page, "payments-none")
    page.get_by_role("link", name="Current Account").click()
    expect(page.get_by_text("You have no current account yet")).to_be_visible()
    look(page, "account-none")

    sub = sub_of(stack, "piet")
    ids = [one["id"] for one in service("/payments", {"invoices": invoices("piet", sub)})["invoices"]]
    service("/movements", {"movements": movements("piet", sub)})
    page.goto(f"{stack.dashboard}/payments")
    expect(page.locator(LIST)).to_have_count(12)
    look(page, "payments")
    fill_the_basket(page)
    reference = check_out(page)

    found = service(f"/payments?payment_reference={reference}")["invoices"]
    assert {one["id"] for one in found} == {ids[1], ids[2]}
    service(f"/payments/{ids[1]}/state", {"state": "paid"})
    page.reload()
    expect(page.locator("#amount")).to_contain_text("1,450.00")
    page.get_by_role("link", name="Change of address").click()
    heading(page, "Change of address, three registrations")
    expect(page.locator(".timeline li").first).to_contain_text("Paid")
    expect(page.locator(".timeline li").first).to_contain_text("Office Notices")
    expect(page.locator(".timeline li")).to_have_count(4)
    look(page, "payments-history")
    see_account_and_widgets(page, stack)

    # Somebody else doesn't see it, whatever they know.
    stack.add_person("sven", "Sven Holt", PASSWORD)
    other = open_browser()
    other.goto(f"{stack.dashboard}/payments/references/{reference}")
    sign_in(other, "sven")
    heading(other, "This payment reference isn’t there")
    look(other, "payments-gone")


def fill_the_basket(page: Page) -> None:
    page.get_by_role("link", name="Unpaid").click()
    # What has to be paid first stands first.
    expect(page.locator(LIST).first).to_contain_text("Overdue")
    page.get_by_label("Search in title and reference").fill("REGISTRATIONS")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(LIST)).to_have_count(1)
    page.get_by_role("checkbox", name="Tick Change of address").check()
    page.get_by_role("button", name="Put into the basket").click()
    expect(page.get_by_text("1 invoice was put into the basket.")).to_be_visible()
    page.get_by_role("link", name="Show all again").click()
    look(page, "payments-unpaid")
    page.get_by_role("link", name="Search report").click()
    heading(page, "Search report, application 2026/0417")
    page.get_by_role("button", name="Put into the basket").click()
    page.get_by_role("link", name="Go to the basket").click()
    heading(page, "Basket")
    expect(page.locator(".total")).to_contain_text("1,600.50")
    look(page, "payments-basket")


def check_out(page: Page) -> str:
    # Another tab has the same basket open; here it is clicked twice.
    tab = page.context.new_page()
    tab.goto(page.url)
    page.get_by_role("button", name="Get the payment reference").dblclick()
    heading(page, "Payment reference")
    expect(page.locator("#amount")).to_contain_text("1,600.50")
    reference = page.locator("#reference").inner_text()
    assert re.fullmatch(r"RF\d\d( \d{4}){4}", reference)
    look(page, "payments-reference")
    page.emulate_media(media="print")
    page.screenshot(path=SCREENSHOTS / "payments-reference-printed.png", full_page=True)
    page.emulate_media(media="screen")
    tab.get_by_role("button", name="Get the payment reference").click()
    heading(tab, "Payment reference")
    expect(tab.locator("#reference")).to_have_text(reference)
    tab.close()
    return reference


def see_account_and_widgets(page: Page, stack: Stack) -> None:
    page.get_by_role("link", name="Current Account").click()
    heading(page, "Current Account")
    expect(page.locator(".totals")).to_contain_text("CHF")
    page.get_by_text("Show the amounts").click()
    expect(page.get_by_role("table")).to_be_visible()
    look(page, "account")
    for key, said in (("pay-summary", "To be paid next"), ("current-account", "Newest movements")):
        page.goto(f"{stack.dashboard}/dashboard/widgets/{key}")
        expect(page.get_by_role("heading", name=said)).to_be_visible()
        look(page, f"widget-{key}")


def test_with_the_keyboard_alone_from_right_to_left(page: Page, stack: Stack, service: Service) -> None:
    stack.add_person("padma", "Padma Lie", PASSWORD)
    sub = sub_of(stack, "padma")
    service("/payments", {"invoices": invoices("padma", sub)})
    service("/movements", {"movements": movements("padma", sub)})
    page.goto(f"{stack.dashboard}/payments?state=unpaid")
    sign_in(page, "padma")
    heading(page, "Payments")
    for _ in range(2):
        press_until(page, "Tab", "[name=invoice]")
        page.keyboard.press("Space")
    press_until(page, "Tab", "button[value=basket]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("were put into the basket.")).to_be_visible()
    page.goto(f"{stack.dashboard}/payments/basket")
    press_until(page, "Tab", "#check-out-CHF")
    page.keyboard.press("Enter")
    heading(page, "Payment reference")
    paths = ("/payments", "/payments?state=unpaid", "/payments/account", page.url.removeprefix(stack.dashboard))
    for size in ({"width": 320, "height": 640}, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)
        for number, path in enumerate(paths):
            page.goto(f"{stack.dashboard}{path}")
            page.evaluate("document.documentElement.dir = 'rtl'")
            assert fits(page), (path, size)
            page.screenshot(path=SCREENSHOTS / f"rtl-payments-{number}-{size['width']}.png", full_page=True)


def test_without_javascript(open_browser: Callable[..., Page], stack: Stack, service: Service) -> None:
    stack.add_person("pavel", "Pavel Berg", PASSWORD)
    service("/payments", {"invoices": invoices("pavel", sub_of(stack, "pavel"))})
    page = open_browser(java_script_enabled=False)
    page.goto(f"{stack.dashboard}/payments?state=unpaid")
    sign_in(page, "pavel")
    page.get_by_role("checkbox", name="Tick Designation fee").check()
    page.get_by_role("checkbox", name="Tick Fourth renewal fee").check()
    page.get_by_role("button", name="Put into the basket").click()
    page.get_by_role("link", name="Basket: 2 invoices").click()
    expect(page.get_by_role("button", name="Get the payment reference")).to_have_count(2)
    page.locator("#check-out-EUR").click()
    expect(page.locator("#amount")).to_contain_text("97.00")
