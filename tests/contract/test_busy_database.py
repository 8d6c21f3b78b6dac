"""A database that others have locked: whoever wants something written is asked to come back in a moment (RFC 9110 section 15.6.4), on every route.

Who only reads is answered: SQLite's readers wait for no writer (WAL). How long a writer waits is shortened here.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from clients.sso import db as clients_db
from idp import db as idp_db
from tests.fuzz.programs import Program, programs
from tests.fuzz.requests import Request, Route
from tests.fuzz.run import problems, send
from tests.support.notices import GOOD, own_token, register
from tests.support.notices import send as send_notices
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest
from tests.support.strong import account_id

WRITES = {
    "provider": {"/sign-in", "/forgot-password", "/account/profile", "/account/security/push/add"},
    "dashboard": {"/sign-in", "/api/messages", "/api/payments", "/api/widgets/<id>", "/dashboard/notepad"},
    "pairing": {"/sign-in", "/finance/offices/new"},
    "certificates": {"/sign-in", "/certificates/new"},
    "filing": {"/sign-in", "/api/drafts"},
}
"""Routes of each program that write, whoever calls them as the test does."""
SIGN_UP = {"name": "Nora", "username": "nora", "email": "nora@example.org", "password": "eleven slow green lanterns"}
SENT = SIGN_UP | {"language": "en", "country": "CH", "terms": "y", "kind": "patent", "title": "T", "applicant": "A"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Program]]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (clients_db, idp_db):
            patch.setattr(module, "BUSY_SECONDS", 0)
        with programs(Path(tmp_path_factory.mktemp("busy"))) as all_of_them:
            yield all_of_them


@contextmanager
def locked(database: str) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def bodies(program: Program, route: Route) -> Iterator[tuple[bytes, str]]:
    """Yield what is sent there: what the API takes, or what the form has."""
    for value in program.known.samples.get(route.rule, []):
        yield json.dumps(value).encode(), "application/json"
    fields = {name: value for name, value in program.known.fields.get(route.rule, {}).items() if name != "csrf_token"}
    yield urlencode(fields | SENT).encode(), "application/x-www-form-urlencoded"


def requests(program: Program) -> Iterator[Request]:
    """Yield requests for every route of a program, with every method that it has."""

    def known(argument: re.Match[str]) -> str:
        name = argument[0].strip("<>").rpartition(":")[2]
        return (program.known.arguments.get(name) or ["x"])[-1]

    for route in program.routes:
        path = re.sub(r"<[^>]*>", known, route.rule)
        for method in route.methods:
            sent = [(b"", "")] if method in {"GET", "DELETE"} else bodies(program, route)
            for body, kind in sent:
                yield Request(method, path, b"", (), body, kind, chunked=False)


def test_a_locked_database_is_said_as_such_by_every_route(made: list[Program]) -> None:
    wrong, unwritten = [], {}
    for program in made:
        asked: set[str] = set()
        # What they send to show that they are themselves is made before.
        headers = {visitor.name: visitor.headers() for visitor in program.visitors}
        with locked(program.database):
            for visitor in program.visitors:
                visitor.headers = partial(headers.get, visitor.name, {})
                for request in requests(program):
                    status, answered, content = send(program, visitor, request, "192.0.2.1")
                    found = problems(request, status, answered, content)
                    wrong += [f"{program.name}, {visitor.name}: {one} {request}" for one in found]
                    if status == 503:
                        asked.add(program.match(request.path))
        unwritten[program.name] = WRITES[program.name] - asked
    assert not wrong, "\n".join(wrong)
    assert not any(unwritten.values()), unwritten


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idp_db, "BUSY_SECONDS", 0)


@pytest.mark.usefixtures("impatient")
def test_machine_endpoints_say_when_to_come_back(idp: ProviderUnderTest) -> None:
    """And answer whoever only asks; what was refused for this reason works a moment later, with the same code and token."""
    client, pkce = idp.register(), Pkce()
    tokens, code = idp.tokens(client, scope="openid offline_access"), idp.code(client, pkce)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    service = own_token(idp, register(idp))
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    def notice() -> TestResponse:
        return send_notices(idp, service, GOOD | {"sub": account_id(idp, "alice")})

    with locked(str(idp.core.database.url.database)):
        refused = [
            idp.redeem(client, code, pkce), idp.token(client, **refresh), idp.authorize(idp.browser(), client, Pkce()), notice(),
            idp.post("/revoke", {"token": tokens["refresh_token"]}, auth=client.auth),
        ]  # fmt: skip
        assert [(one.status_code, one.headers["Retry-After"]) for one in refused] == [(503, "10")] * len(refused)
        assert refused[0].get_json()["error"] == "temporarily_unavailable"
        assert idp.browser().get("/userinfo", headers=bearer, base_url=ISSUER).status_code == 200
        assert idp.post("/introspect", {"token": tokens["access_token"]}, auth=client.auth).get_json()["active"]
    assert idp.redeem(client, code, pkce).status_code == 200
    assert (idp.token(client, **refresh).status_code, notice().status_code) == (200, 202)
