"""Pairing's cards: what the portal shows of it, by the portal's own contract, for the person of the token and nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clients.dashboard.widgets.contract import Card, Choices, Listing, Paragraph

Token = Callable[..., dict[str, str]]
REPORTS = "/api/widgets/distribution-reports"
CONTRIBUTIONS = "/api/widgets/annual-contributions"


@pytest.fixture
def client(pairing: Flask) -> FlaskClient:
    return pairing.test_client()


@pytest.fixture
def card(client: FlaskClient, token: Token) -> Callable[..., Card]:
    def get(path: str, sub: str = "alice-1", **chosen: str) -> Card:
        answer = client.get(path, query_string=chosen, headers=token(sub))
        assert answer.status_code == 200, answer.text
        return Card.model_validate_json(answer.data, strict=True)

    return get


def documents(card: Card) -> list[str]:
    (listing,) = (one for one in card.blocks if isinstance(one, Listing))
    return [item.title for item in listing.items]


@pytest.mark.parametrize(("path", "to"), [(REPORTS, "your Office"), (CONTRIBUTIONS, "your Member State")])
def test_before_pairing(card: Callable[..., Card], path: str, to: str) -> None:
    shown = card(path)
    assert isinstance(shown.blocks[0], Paragraph)
    assert shown.blocks[0].text == f"Your account isn’t paired to {to}"
    (action,) = shown.actions
    assert (action.label, action.main) == ("Pair", True)
    assert action.url.startswith("http://localhost:8002/pair/")


def test_after_pairing(card: Callable[..., Card], arrive: Any, pair: Any) -> None:
    alice = arrive()
    pair(alice)
    pair(alice, "state")
    reports = card(REPORTS)
    assert reports.note == "12345"
    assert len(documents(reports)) == 12
    choices = reports.blocks[0]
    assert isinstance(choices, Choices)
    assert [one.name for one in choices.choices] == ["type", "month", "year"]

    hague = card(REPORTS, type="hague")
    assert all("Hague" in title for title in documents(hague))
    assert len(documents(hague)) == 6
    listing = hague.blocks[1]
    assert isinstance(listing, Listing)
    assert alice.get(str(listing.items[0].url).removeprefix("http://localhost:8002")).data.startswith(b"%PDF")

    nothing = card(REPORTS, year="1999", month="3")
    assert documents(nothing) == []
    assert isinstance(nothing.blocks[1], Listing)
    assert nothing.blocks[1].empty == "No results were found. Please try another month or year."
    assert isinstance(nothing.blocks[0], Choices)
    assert [one.value for one in nothing.blocks[0].choices] == ["", "3", "1999"]

    assert len(documents(card(CONTRIBUTIONS, kind="statement"))) == 2
    # Another person's card stays as it was.
    assert documents_or_none(card(REPORTS, "bob-1")) is None


def documents_or_none(card: Card) -> list[str] | None:
    return documents(card) if any(isinstance(one, Listing) for one in card.blocks) else None


@pytest.mark.parametrize("path", [REPORTS, CONTRIBUTIONS])
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"aud": "http://localhost:8001/api"}, "401 invalid_token"),
        ({"exp": 1}, "401 invalid_token"),
        ({"scope": "openid"}, "403 insufficient_scope"),
    ],
)
def test_tokens_that_will_not_do(client: FlaskClient, token: Token, path: str, changes: Any, refusal: str) -> None:
    answer = client.get(path, headers=token(**changes))
    assert f"{answer.status_code} {answer.json['error']}" == refusal  # type: ignore[index]
    assert client.get(path).headers["WWW-Authenticate"] == 'Bearer realm="pairing"'


def test_what_can_not_be_understood(client: FlaskClient, token: Token, arrive: Any, pair: Any) -> None:
    pair(arrive())
    for wrong in ("type=poem", "month=13", "year=2024x", "year=20240"):
        answer = client.get(f"{REPORTS}?{wrong}", headers=token())
        assert answer.status_code == 400
        assert answer.json["error"] == "invalid_request"  # type: ignore[index]
