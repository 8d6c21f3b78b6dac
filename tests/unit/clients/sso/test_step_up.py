"""Pages that demand more than a sign-in: who is sent on, with what, and that nobody goes round in circles."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from clients.sso import guard
from clients.sso.app import create_app
from clients.sso.db import db
from clients.sso.demands import Demand
from clients.sso.models import KeptForm, PendingSignIn
from config.settings import load_relying_party


@pytest.fixture
def service(tmp_path: Path, provider: Any, clock: Any) -> Iterator[Flask]:
    """A service with a page of each kind."""
    pages = Blueprint("pages", __name__)
    any_view, recent, both = (lambda: "any"), (lambda: "recent"), (lambda: "both")
    strong, strongest = (lambda: "strong"), (lambda: "strongest")
    pages.add_url_rule("/any", "any", guard.signed_in(any_view))
    pages.add_url_rule("/strong", "strong", guard.strong(strong), methods=["GET", "POST"])
    pages.add_url_rule("/strongest", "strongest", guard.demands(acr="aal3")(strongest))
    pages.add_url_rule("/recent", "recent", guard.demands(max_age=600)(recent))
    pages.add_url_rule("/both", "both", guard.demands(acr="aal2", max_age=600)(both))
    settings = load_relying_party("dashboard", {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer})
    app = create_app(settings, title="Service", home="/any", blueprints=[pages], clock=clock)
    yield app
    with app.app_context():
        db.engine.dispose()


def asked(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def arrive(
    client: FlaskClient, provider: Any, clock: Any, path: str = "/any", *, acr: str = "aal1", ago: int = 0
) -> Any:
    provider.id_claims = {"acr": acr, "amr": ["pwd"], "auth_time": int(clock()) - ago}
    return client.get(provider.approve(client.get(path)))


@pytest.mark.parametrize(
    ("acr", "ago", "open_to"),
    [
        ("aal1", 0, {"any", "recent"}),
        ("aal2", 0, {"any", "recent", "strong", "both"}),
        ("aal3", 0, {"any", "recent", "strong", "both", "strongest"}),
        ("aal2", 700, {"any", "strong"}),
        ("aal1", 700, {"any"}),
        ("", 0, {"any", "recent"}),
        ("urn:x", 0, {"any", "recent"}),
        ("phr", 700, {"any"}),
    ],
)
def test_who_sees_what(service: Flask, provider: Any, clock: Any, acr: str, ago: int, open_to: set[str]) -> None:  # noqa: PLR0917
    client = service.test_client()
    assert arrive(client, provider, clock, acr=acr, ago=ago).status_code == 303
    for page in ("any", "recent", "strong", "both", "strongest"):
        assert (client.get(f"/{page}").status_code == 200) == (page in open_to), page


def test_asks_for_what_is_missing(service: Flask, provider: Any, clock: Any) -> None:
    client = service.test_client()
    arrive(client, provider, clock)
    request = asked(client.get("/both?x=1").location)
    assert (request["acr_values"], request["max_age"]) == ("aal2", "600")
    about = {"acr": {"essential": True, "values": ["aal2", "aal3"]}, "sub": {"value": "alice-1"}}
    assert json.loads(request["claims"]) == {"id_token": about}
    assert not {"acr_values", "claims", "max_age"} & asked(client.get("/sign-in").location).keys()
    assert asked(client.get("/strongest").location)["acr_values"] == "aal3"


def test_comes_back_to_the_same_page_with_a_new_session(service: Flask, provider: Any, clock: Any) -> None:
    client = service.test_client()
    arrive(client, provider, clock)
    before = client.get_cookie("dashboard_session")
    back = arrive(client, provider, clock, "/both?x=1", acr="aal2")
    assert back.location == "/both?x=1"
    assert client.get(back.location).text == "both"
    after = client.get_cookie("dashboard_session")
    assert before
    assert after
    assert before.value != after.value
    assert client.get("/any").text == "any"


@pytest.mark.parametrize(("acr", "ago"), [("aal1", 0), ("", 0), (None, 0), ("aal2", 3600), ("AAL2", 0)])
def test_a_provider_that_ignores_the_demand_ends_it(
    service: Flask, provider: Any, clock: Any, acr: Any, ago: int
) -> None:
    client = service.test_client()
    page = arrive(client, provider, clock, "/both", acr=acr, ago=ago)
    assert page.status_code == 400
    assert "One more step is needed" in page.text
    assert 'id="sign-in" href="/both"' in page.text
    assert f"{provider.issuer}/account/security" in page.text
    assert client.get_cookie("dashboard_session") is None


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("unmet_authentication_requirements", ("One more step is needed",) * 2),
        ("access_denied", ("You are still signed in", "nothing was shared")),
        ("login_required", ("did not work",) * 2),
    ],
)
def test_says_what_is_missing(  # noqa: PLR0917
    service: Flask, provider: Any, clock: Any, signed_in: bool, error: str, words: tuple[str, str]
) -> None:
    client = service.test_client()
    if signed_in:
        arrive(client, provider, clock)
    state = asked(client.get("/strong").location)["state"]
    page = client.get(f"/callback?error={error}&state={state}&iss={provider.issuer}")
    assert page.status_code == 400
    assert words[0 if signed_in else 1] in page.text
    # What was open before still is.
    assert client.get("/any").status_code == (200 if signed_in else 303)


def test_a_form_of_somebody_whose_session_was_ended_on_purpose_is_not_kept(
    service: Flask, provider: Any, clock: Any
) -> None:
    client = service.test_client()
    arrive(client, provider, clock, acr="aal2")
    service.config["WTF_CSRF_ENABLED"] = False
    client.post("/sign-out")
    client.post("/strong", data={"text": "x"})
    with service.app_context():
        assert db.session.query(KeptForm).count() == 0
        assert {one.return_to for one in db.session.query(PendingSignIn)} == {"/strong"}


@pytest.mark.parametrize("wrong", [{"acr": "aal4"}, {"max_age": 0}, {"max_age": 59}])
def test_demands_that_nobody_could_meet_are_mistakes(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"level|seconds"):
        Demand(**wrong)


@pytest.mark.parametrize("auth_time", [None, "now", True, 0])
def test_a_time_that_is_not_one_is_never_recent(auth_time: object) -> None:
    assert not Demand(max_age=600).met_by("aal3", auth_time, 1_800_000_000)
    assert Demand("aal2").met_by("aal3", auth_time, 1_800_000_000)
