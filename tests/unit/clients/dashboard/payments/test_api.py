"""Services post invoices and movements, read back what is theirs, say what became of it, and are told what is wrong."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db
from tests.unit.clients.dashboard.payments.conftest import INVOICE, MOVEMENT

Call = Callable[..., TestResponse]
CALLS = (
    ("POST", "/payments", INVOICE),
    ("GET", "/payments?reference=R-1", None),
    ("GET", "/payments/x", None),
    ("POST", "/payments/x/state", {"state": "paid"}),
    ("POST", "/movements", MOVEMENT),
)


def stored(client: FlaskClient, table: str = "invoice") -> int:
    with client.application.app_context():
        return db.session.execute(db.text(f"SELECT count(*) FROM {table}")).scalar_one()


def challenge(response: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', response.headers["WWW-Authenticate"]))


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"aud": "http://localhost:8001"}, 401, "invalid_token"),
        ({"aud": "http://localhost:8002/api"}, 401, "invalid_token"),
        ({"exp": 1}, 401, "invalid_token"),
        ({"typ": "JWT"}, 401, "invalid_token"),
        ({"scope": "messages:write"}, 403, "insufficient_scope"),
        ({"scope": "payments:writer"}, 403, "insufficient_scope"),
        ({"sub": "alice-1"}, 403, "insufficient_scope"),
    ],
)
@pytest.mark.parametrize(("method", "path", "content"), CALLS, ids=str)
def test_tokens_that_may_not(  # noqa: PLR0917 - a table of all pairs
    client: FlaskClient, token: Any, method: str, path: str, content: Any, changes: Any, status: int, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token(**changes)}"}
    response = client.open(f"/api{path}", method=method, json=content, headers=headers)
    assert (response.status_code, challenge(response)["error"]) == (status, error)
    assert stored(client) == stored(client, "movement") == 0


def test_a_session_is_no_token(arrive: Callable[..., FlaskClient]) -> None:
    browser = arrive()
    for method, path, content in CALLS:
        assert browser.open(f"/api{path}", method=method, json=content).status_code == 401


def test_an_invoice_from_posting_to_paid(call: Call) -> None:
    posted = call("POST", "/payments", INVOICE)
    assert (posted.status_code, list(posted.json)) == (201, ["id"])
    path = f"/payments/{posted.json['id']}"
    shown = call("GET", path).json
    assert shown == {**INVOICE, "id": posted.json["id"], "state": "unpaid", "payment_reference": None}
    assert call("GET", "/payments?reference=R-1").json == {"invoices": [shown]}
    for _ in range(2):
        paid = call("POST", f"{path}/state", {"state": "paid"})
        assert (paid.status_code, paid.json["state"]) == (200, "paid")
    wrong = call("POST", f"{path}/state", {"state": "unpaid"})
    assert wrong.status_code == 409
    assert (wrong.json["error"], wrong.json["from"], wrong.json["to"]) == ("wrong_state", "paid", "unpaid")
    assert wrong.json["allowed"] == []


def test_a_service_reaches_only_its_own(call: Call) -> None:
    made = call("POST", "/payments", INVOICE).json["id"]
    assert call("GET", f"/payments/{made}", service="fees").status_code == 404
    assert call("POST", f"/payments/{made}/state", {"state": "paid"}, service="fees").status_code == 404
    assert call("GET", "/payments?reference=R-1", service="fees").json == {"invoices": []}
    # The same reference of another service is another invoice.
    other = call("POST", "/payments", INVOICE | {"title": "Other"}, service="fees")
    assert other.json["id"] != made
    assert call("GET", f"/payments/{made}").json["state"] == "unpaid"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sub", "x y"),
        ("sub", None),
        ("sub", "x" * 255 + "\n"),
        ("reference", ""),
        ("reference", "x" * 101),
        ("reference", "<b>"),
        # Each is two characters in the form in which it is kept (NFC).
        ("reference", "\u0958" * 100),
        ("title", " \n"),
        ("title", "x" * 201),
        ("title", "\u0958" * 200),
        ("title", "<script>"),
        ("amount", "1.005"),
        ("amount", "-3"),
        ("amount", 120.5),
        ("amount", "0"),
        ("currency", "XXX"),
        ("currency", "chf"),
        ("due", "2030-02-30"),
        ("due", "0001-01-01"),
        ("due", 7),
        ("link", "http://example.org/x"),
        ("link", "https://example.org@evil.example"),
        ("state", "pending"),
        ("paid_on", "2020-01-01"),
        ("service", "fees"),
        ("id", "mine"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: FlaskClient, call: Call, field: str, value: Any) -> None:
    response = call("POST", "/payments", INVOICE | {field: value})
    assert (response.status_code, response.json["error"]) == (422, "invalid_payment")
    assert list(response.json["errors"]) == [field]
    batch = {"invoices": [INVOICE, INVOICE | {"reference": "R-2", field: value}]}
    response = call("POST", "/payments", batch)
    assert list(response.json["errors"]) == [f"invoices.1.{field}"]
    assert stored(client) == 0


def test_decimals_go_by_the_currency(call: Call) -> None:
    for currency, good, bad in (("JPY", "5000", "5000.0"), ("KWD", "1.234", "1.2345"), ("CHF", "1.5", "1.555")):
        invoice = INVOICE | {"reference": currency, "currency": currency}
        refused = call("POST", "/payments", invoice | {"amount": bad})
        assert currency in refused.json["errors"]["amount"]
        assert call("POST", "/payments", invoice | {"amount": good}).status_code == 201


def test_a_batch_is_all_or_nothing(client: FlaskClient, call: Call) -> None:
    made = call("POST", "/payments", {"invoices": [INVOICE | {"reference": f"B{at}"} for at in range(1_000)]})
    assert len({one["id"] for one in made.json["invoices"]}) == 1_000
    assert call("POST", "/payments", {"invoices": [INVOICE] * 1_001}).status_code == 422
    twice = call("POST", "/payments", {"invoices": [INVOICE, INVOICE]})
    assert twice.json["errors"] == {"invoices.1.reference": "It stands twice in this call."}
    taken = call("POST", "/payments", {"invoices": [INVOICE, INVOICE | {"reference": "B7", "title": "Something else"}]})
    assert (taken.status_code, taken.json["error"]) == (409, "reference_taken")
    assert list(taken.json["errors"]) == ["invoices.1.reference"]
    assert stored(client) == 1_000


def test_a_reference_is_posted_once(client: FlaskClient, call: Call) -> None:
    first, again = call("POST", "/payments", INVOICE), call("POST", "/payments", INVOICE | {"amount": "120.5"})
    assert again.json == first.json
    both = call("POST", "/payments", {"invoices": [INVOICE | {"reference": "R-2"}, INVOICE]})
    assert both.json["invoices"][1] == first.json
    assert stored(client) == stored(client, "invoice_change") == 2
    assert call("POST", "/payments", INVOICE | {"amount": "1.00"}).status_code == 409


def test_a_key_is_one_call(client: FlaskClient, call: Call) -> None:
    first = call("POST", "/payments", INVOICE, key="k")
    assert call("POST", "/payments", INVOICE, key="k").json == first.json
    other = call("POST", "/payments", INVOICE | {"reference": "R-2"}, key="k")
    assert (other.status_code, other.json["error"]) == (422, "idempotency_key_reused")
    assert call("POST", "/movements", MOVEMENT, key="k").status_code == 422
    assert call("POST", "/payments", INVOICE, key="k" * 256).status_code == 400
    assert (stored(client), stored(client, "movement")) == (1, 0)


def test_too_much_in_a_minute(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.dashboard.payments.posting.MOST_A_MINUTE", 1)
    assert call("POST", "/payments", INVOICE).status_code == 201
    response = call("POST", "/movements", MOVEMENT)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")


def test_what_was_paid_before(call: Call) -> None:
    invoice = INVOICE | {"state": "paid", "paid_on": "2026-03-01"}
    made = call("POST", "/payments", invoice).json["id"]
    assert call("GET", f"/payments/{made}").json["state"] == "paid"
    late = call("POST", "/payments", invoice | {"reference": "R-2", "paid_on": "2198-01-01"})
    assert late.json["errors"] == {"paid_on": "It lies in the future."}


def test_movements(client: FlaskClient, call: Call) -> None:
    several = {"movements": [MOVEMENT, MOVEMENT | {"reference": "M-2", "kind": "withdrawal"}]}
    first, again = call("POST", "/movements", several), call("POST", "/movements", several)
    assert (first.status_code, again.json) == (201, first.json)
    with client.application.app_context():
        amounts = db.session.execute(db.text("SELECT amount FROM movement ORDER BY reference")).scalars().all()
    assert amounts == [50_000, -50_000]
    wrong = call("POST", "/movements", MOVEMENT | {"kind": "gift", "date": "soon", "amount": "-1"})
    assert set(wrong.json["errors"]) == {"kind", "date", "amount"}


@pytest.mark.parametrize("query", ["", "?payment_reference=RF00ABCD", "?reference="])
def test_finding_needs_a_name(call: Call, query: str) -> None:
    assert call("GET", f"/payments{query}").status_code == 400


def test_the_document_has_every_call(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    rules = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api")), method.lower())
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("payments_api.")
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert rules <= described
    assert document["components"]["schemas"]["Invoices"]["properties"]["invoices"]["maxItems"] == 1_000
    page = client.get("/api/").text
    for said in ("changeState", "/payments/{id}/state", "payments:write", "NewMovement", "postMessages"):
        assert said in page, said
