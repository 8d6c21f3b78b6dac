"""What an unauthenticated request may leave behind: a bounded row, a bounded number of them, not for long. docs/limits.md lists them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from werkzeug.test import Client

from idp.commands.worker import tidy
from idp.oauth.authorization.limits import MAX_LENGTH, MAX_TOTAL
from tests.protocol.test_authorization_code import answer
from tests.support.clock import TurnedClock
from tests.support.provider import CALLBACK, ISSUER, PASSWORD, Pkce, ProviderUnderTest, make_provider
from tests.support.strong import account_id


@pytest.fixture(params=["sqlite", "postgresql"])
def both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock, key_folder: Path
) -> Iterator[ProviderUnderTest]:
    """A provider on each engine, where a network may have ten sign-ins open."""
    shutil.copytree(key_folder, tmp_path / "keys")
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("provider_database")
    provider = make_provider(tmp_path, clock, database_url=url, IDP_RATE_LIMITS__OPEN_SIGN_INS="10")
    yield ProviderUnderTest(provider, clock)
    provider.core.database.close()


def rows(idp: ProviderUnderTest, table: str) -> list[Any]:
    return list(idp.core.database.read().all(f"SELECT * FROM {table}"))


def elsewhere(idp: ProviderUnderTest, **environ: str) -> Client:
    """Return a browser whose requests have this in their environment."""
    return Client(lambda sent, start: idp.provider({**sent, **environ}, start))


def test_a_megabyte_of_parameters_is_not_kept(idp: ProviderUnderTest) -> None:
    client = idp.register()
    idp.authorize(idp.browser(), client, Pkce(), unknown="x" * 60_000, **{f"p{at}": "y" * 100 for at in range(50)})
    (row,) = rows(idp, "interaction")
    assert sum(len(str(value)) for value in row) < 2000
    assert {name for name, _ in orjson.loads(row["parameters"])["pairs"]} <= MAX_LENGTH.keys()
    form = {"client_id": client.client_id, "redirect_uri": CALLBACK, "state": "s" * 250_000}
    assert answer(idp.browser().post("/authorize", data=form, base_url=ISSUER))["error"] == "invalid_request"
    huge = form | {"state": "s" * 900_000}
    assert idp.browser().post("/authorize", data=huge, base_url=ISSUER).status_code == 413
    assert len(rows(idp, "interaction")) == 1


@pytest.mark.parametrize(
    "name", sorted(MAX_LENGTH.keys() - {"client_id", "redirect_uri", "request", "request_uri", "registration"})
)
def test_no_parameter_is_longer_than_its_limit(idp: ProviderUnderTest, name: str) -> None:
    refused = answer(idp.authorize(idp.browser(), idp.register(), Pkce(), **{name: "x" * (MAX_LENGTH[name] + 1)}))
    assert (refused["error"], refused["error_description"]) == ("invalid_request", f"{name} is too long.")
    assert ("state" in refused) == (name != "state")
    assert not rows(idp, "interaction")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_an_endless_client_is_a_page(idp: ProviderUnderTest, name: str) -> None:
    page = idp.authorize(idp.browser(), idp.register(), Pkce(), **{name: "x" * 10_000})
    assert page.status_code == 400
    assert "Location" not in page.headers


def test_all_parameters_together_have_a_limit(idp: ProviderUnderTest) -> None:
    client, resource = idp.register(), [f"https://api.example/{'x' * 2000}"] * 9
    query = {"client_id": client.client_id, "redirect_uri": CALLBACK, "state": "s", "resource": resource}
    sent = urlencode(query, doseq=True)
    assert len(sent) > MAX_TOTAL
    refused = answer(idp.browser().get(f"/authorize?{sent}", base_url=ISSUER))
    assert (refused["error_description"], refused["state"]) == ("The request is too long.", "s")


def test_one_network_cannot_open_sign_ins_without_end(both: ProviderUnderTest) -> None:
    client = both.register()
    for _ in range(10):
        assert both.authorize(both.browser(), client, Pkce()).status_code == 303
    refused = both.authorize(both.browser(), client, Pkce())
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert "Too many sign-ins are open" in refused.text
    assert len(rows(both, "interaction")) == 10
    other = elsewhere(both, REMOTE_ADDR="192.0.2.9")
    assert both.authorize(other, client, Pkce()).status_code == 303
    # Those that have expired, or were finished, count no more.
    both.clock.forward(3601)
    assert both.authorize(both.browser(), client, Pkce()).status_code == 303


def test_finished_sign_ins_are_not_counted(both: ProviderUnderTest) -> None:
    client = both.register()
    for _ in range(11):
        assert both.code(client, Pkce())


def test_an_unfinished_sign_in_is_gone_minutes_after_its_hour(idp: ProviderUnderTest) -> None:
    idp.authorize(idp.browser(), idp.register(), Pkce())
    idp.clock.forward(3600 + 60)
    tidy(idp.core)
    assert rows(idp, "interaction")
    idp.clock.forward(5 * 60)
    tidy(idp.core)
    assert not rows(idp, "interaction")


def test_an_endless_user_agent_is_not_kept(idp: ProviderUnderTest) -> None:
    client = idp.register()
    browser = elsewhere(idp, HTTP_USER_AGENT="Mozilla/5.0 \x1b[31m" + "A" * 60_000)
    page = idp.authorize(browser, client, Pkce()).location
    assert idp.sign_in(browser, page, password="wrong").status_code == 422
    idp.sign_in(browser, page, password=PASSWORD)
    agents = [orjson.loads(row["detail"]).get("user_agent") for row in rows(idp, "audit_event")]
    agents += [row["user_agent"] for row in rows(idp, "sso_session")]
    found = [agent for agent in agents if agent]
    assert len(found) >= 2
    assert all(len(agent) <= 256 and agent.isprintable() for agent in found)
    assert max(len(row["detail"]) for row in rows(idp, "audit_event")) < 1000


def test_a_replayed_ticket_is_recorded_once(idp: ProviderUnderTest) -> None:
    certificates = idp.core.strong.certificates
    way = certificates.method.way("attempt", account_id(idp, "alice"))
    path = way[way.index("/certificate/") :]
    before = len(rows(idp, "audit_event"))
    for _ in range(5):
        idp.browser().get(path, base_url=ISSUER, headers={"X-Client-Certificate": "x"})
    assert len(rows(idp, "audit_event")) == before + 2  # refused, and replayed


@pytest.mark.parametrize("deep", ["[" * 50_000, '{"a":' * 5_000, '{"id_token":' + "[" * 5_000])
def test_deep_json_is_the_caller_s_mistake(idp: ProviderUnderTest, deep: str) -> None:
    from base64 import urlsafe_b64encode

    part = urlsafe_b64encode(deep.encode()).decode().rstrip("=")
    client = idp.register()
    assert "error" in answer(idp.authorize(idp.browser(), client, Pkce(), claims=deep[:8000]))
    for jwt in (f"{part}.{part}.x", f"eyJhIjoxfQ.{part}.x", "." * 60_000):
        form = {
            "grant_type": "client_credentials",
            "client_assertion": jwt[:50_000],
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        }
        assert idp.post("/token", form).status_code == 401
    for path in ("/approvals/api/list", "/approvals/register/x"):
        for sent in (deep, orjson.dumps({"message": f"{part}.{part}.x"})):
            headers = {"Origin": ISSUER, "Content-Type": "application/json"}
            refused = idp.browser().post(path, data=sent, headers=headers, base_url=ISSUER)
            assert 400 <= refused.status_code < 500


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/authorize?client_id=a%00b", 400),
        ("/help?x=%00", 400),
        ("/help?%00=x", 400),
        ("/help%00", 404),
        ("/end-session?state=%00", 400),
    ],
)
def test_a_nul_is_answered_the_same_everywhere(both: ProviderUnderTest, path: str, status: int) -> None:
    browser = both.browser()
    assert browser.get(path, base_url=ISSUER).status_code == status
    assert browser.post("/authorize", data={"client_id": "a\0b"}, base_url=ISSUER).status_code == 400
    assert both.post("/token", {"grant_type": "client_credentials"}, auth=("a\0b", "c\0d")).status_code == 401
    cookie = {"Cookie": 'sso_0="a\\000b"'}
    assert Client(both.provider, use_cookies=False).get("/account", headers=cookie, base_url=ISSUER).status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/authorize", "/token", "/jwks", "/.well-known/openid-configuration", "/nothing"]
)
def test_an_unknown_host_is_answered_nothing(idp: ProviderUnderTest, path: str) -> None:
    for base in (
        "http://evil.example",
        "http://localhost.evil.example:8000",
        "http://192.0.2.1:8000",
        "http://[::ffff",
    ):
        refused = idp.browser().get(path, headers={"Host": base.removeprefix("http://")}, base_url=ISSUER)
        assert refused.status_code == 421, base
        assert "evil" not in refused.text
    for inside in ("/health/live", "/health/ready"):
        assert idp.browser().get(inside, base_url="http://192.0.2.1:8000").status_code == 200
