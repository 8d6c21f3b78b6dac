"""The pages: a person finds what they owe, puts it into the basket and gets a reference, once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.creditors import Creditor
from config.settings import RelyingPartySettings
from tests.unit.clients.dashboard.payments.conftest import MOVEMENT

Arrive = Callable[..., FlaskClient]
Post = Callable[..., list[str]]
Submit = Callable[..., TestResponse]


def digests(page: TestResponse) -> list[str]:
    return re.findall(r'name="basket" value="(\w+)"', page.text)


def told(page: TestResponse) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text.replace("\xa0", " ")))


@pytest.mark.parametrize("path", ["/payments", "/payments/basket", "/payments/account", "/payments/x"])
def test_pages_are_for_people_who_signed_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303


def test_empty_pages_explain(arrive: Arrive) -> None:
    browser = arrive()
    assert "You have no invoices yet" in browser.get("/payments").text
    assert "The basket is empty" in browser.get("/payments/basket").text
    assert "You have no current account yet" in browser.get("/payments/account").text
    for path in (
        "/payments/nothing",
        "/payments/%00",
        "/payments/references/RF18539007547034",
        "/payments/references/x",
    ):
        assert browser.get(path).status_code == 404


def test_from_the_list_to_the_reference(arrive: Arrive, post: Post, submit: Submit, call: Any) -> None:
    first, second, other = post({}, {"amount": "79.50"}, {"currency": "EUR", "amount": "1234.00"})
    browser = arrive()
    page = told(browser.get("/payments?state=unpaid"))
    assert "CHF 200.00 + €1,234.00" in page
    assert "CHF 79.50" in page
    assert submit(browser, "/payments?state=unpaid", to="basket").location == "/payments?state=unpaid"
    assert "Tick the invoices first." in browser.get("/payments").text
    submit(browser, "/payments?state=unpaid", invoice=[first, second, other], to="basket")
    assert "3 invoices were put into the basket." in browser.get("/payments").text
    basket = browser.get("/payments/basket")
    assert "CHF 200.00" in told(basket)
    francs, euros = digests(basket)
    done = [submit(browser, "/payments/basket", action="check_out", basket=francs) for _ in range(2)]
    assert done[0].location == done[1].location
    slip = browser.get(done[0].location)
    reference = done[0].location.rpartition("/")[2]
    assert reference[4:8] in slip.text
    assert "Quote this reference" in slip.text
    assert digests(browser.get("/payments/basket")) == [euros]
    # The service finds what was paid by what was quoted.
    found = call("GET", f"/payments?payment_reference={reference.lower()}").json["invoices"]
    assert [one["id"] for one in found] == [first, second]
    call("POST", f"/payments/{first}/state", {"state": "paid"})
    assert "Amount at first" in browser.get(done[0].location).text
    call("POST", f"/payments/{second}/state", {"state": "paid"})
    assert "Paid. There is nothing more to do." in browser.get(done[0].location).text
    history = told(browser.get(f"/payments/{first}"))
    steps = ("Paid", "Payment reference made", "Put into the basket", "Invoice received")
    at = [history.rindex(step) for step in steps]
    assert at == sorted(at)
    assert "by you" in history


def test_the_slip_names_creditor_account_and_day(
    arrive: Arrive, post: Post, submit: Submit, settings: RelyingPartySettings
) -> None:
    creditor = Creditor(name="Office of Fees", account="CH9300762011623852957")
    settings.creditors["notices"] = creditor  # the app's own, which it reads for every page
    first, second = post({"due": "2199-03-01"}, {"due": "2199-01-31"})
    (other,) = post({}, service="shop")
    browser = arrive()
    submit(browser, "/payments", invoice=[first, second, other], to="basket")
    basket = browser.get("/payments/basket")
    assert "To be paid to Office of Fees in CHF" in told(basket)
    assert "To be paid to shop in CHF" in told(basket)
    slips = [
        told(browser.get(submit(browser, "/payments/basket", action="check_out", basket=one).location))
        for one in digests(basket)
    ]
    assert all(said in slips[0] for said in ("Office of Fees", "CH93 0076 2011 6238 5295 7", "Jan 31, 2199"))
    assert "Office of Fees" not in slips[1]
    assert "It is on the invoice." in slips[1]


def test_a_stale_basket_says_so(arrive: Arrive, post: Post, submit: Submit, call: Any) -> None:
    first, second = post({}, {})
    browser = arrive()
    submit(browser, "/payments", invoice=[first, second], to="basket")
    (seen,) = digests(browser.get("/payments/basket"))
    call("POST", f"/payments/{first}/state", {"state": "cancelled"})
    answer = submit(browser, "/payments/basket", action="check_out", basket=seen)
    assert answer.location == "/payments/basket"
    assert "The basket has changed since you opened it" in browser.get("/payments/basket").text
    submit(browser, "/payments/basket", action="take_out", invoice=second)
    assert "The basket is empty" in browser.get("/payments/basket").text


def test_search_and_pages_are_in_the_address(arrive: Arrive, post: Post) -> None:
    post(*({"title": f"Fee {at}", "due": f"2030-01-{at:02}"} for at in range(1, 31)))
    browser = arrive()
    first = browser.get("/payments?state=unpaid")
    assert first.text.index("Fee 1<") < first.text.index("Fee 25<")
    assert "Fee 26<" not in first.text
    (more,) = re.findall(r'id="more" href="([^"]+)"', first.text)
    second = browser.get(more.replace("&amp;", "&"))
    assert "Fee 30<" in second.text
    assert "First page" in second.text
    assert told(browser.get("/payments?q=FEE+17")).count("Fee 17") == 1
    assert "No invoice here has all of these words" in browser.get("/payments?q=zzz").text
    assert "Nothing is unpaid" not in first.text
    for odd in ("state=lost", "after=x", "state=basket", "state=cancelled"):
        assert browser.get(f"/payments?{odd}").status_code == 200


def test_an_invoice_says_everything(arrive: Arrive, post: Post) -> None:
    (made,) = post({"amount": "1234.50", "due": "2030-01-31", "link": "https://pay.example.org/1.pdf"})
    page = told(arrive().get(f"/payments/{made}"))
    for said in ("CHF 1,234.50", "Jan 31, 2030", "Office Notices", "R-1", "leads to pay.example.org"):
        assert said in page, said


def test_what_is_late_is_marked(arrive: Arrive, post: Post) -> None:
    post({"due": "2020-01-31"}, {"due": "2020-01-31", "state": "paid"})
    assert told(arrive().get("/payments")).count("Overdue") == 1


def test_the_account(arrive: Arrive, call: Any) -> None:
    several = [MOVEMENT | {"reference": f"M{at}", "text": f"Move {at}"} for at in range(30)]
    several.append(MOVEMENT | {"reference": "out", "kind": "withdrawal", "currency": "EUR", "amount": "9.99"})
    assert call("POST", "/movements", {"movements": several}).status_code == 201
    browser = arrive()
    page = browser.get("/payments/account")
    assert "CHF 15,000.00" in told(page)
    assert "+CHF 500.00" in told(page)
    assert page.text.count("bar-of-chart") == 12
    (more,) = re.findall(r'id="more" href="([^"]+)"', page.text)
    assert "Move 0" in browser.get(more.replace("&amp;", "&")).text
    assert "-€9.99" in told(browser.get("/payments/account?currency=EUR"))
    assert browser.get("/payments/account?currency=XXX&after=x").status_code == 200


def test_odd_forms(arrive: Arrive, post: Post, submit: Submit) -> None:
    (made,) = post({})
    browser = arrive()
    for to in ("pending", "paid", "", "cancelled"):
        assert submit(browser, f"/payments/{made}", to=to).status_code == 400
        assert submit(browser, "/payments", invoice=made, to=to).status_code == 400
    assert submit(browser, "/payments/basket", action="pay").status_code == 400
    for basket in ("", "x", "é", "0" * 64):
        assert submit(browser, "/payments/basket", action="check_out", basket=basket).location == "/payments/basket"
    assert browser.post("/payments", data={"invoice": made, "to": "basket"}).status_code == 400
    assert "1 unpaid" not in browser.get("/payments").text
