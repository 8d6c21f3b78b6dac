"""The programs that are fuzzed, each in this process with a database of its own: their routes, their visitors and what they take."""

import base64
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import Client

from clients.certificates.app import create as create_certificates
from clients.dashboard.app import create as create_dashboard
from clients.filing.app import create as create_filing
from clients.pairing.app import create as create_pairing
from clients.sso.db import db
from config.settings import load_relying_party
from keys import KeyStore, rotation
from tests.fuzz.program import Program, Visitor, read_known, read_matcher, read_routes, read_samples
from tests.fuzz.requests import Route
from tests.support.clock import TurnedClock
from tests.support.half_way import begin
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, csrf, make_provider
from tests.support.provider_double import Clock, ProviderDouble, provider_double
from tests.support.strong import account_id, add_recovery_codes, add_totp

ROOT = Path(__file__).resolve().parents[2]
_CREATE: dict[str, Callable[..., Flask]] = {
    "dashboard": create_dashboard,
    "pairing": create_pairing,
    "certificates": create_certificates,
    "filing": create_filing,
}
_ROLES = {"pairing": "finance_officer", "certificates": "certificate_officer"}
_SCOPES = {
    "dashboard": "messages:write payments:write widgets:write",
    "pairing": "pairing:read",
    "filing": "filing:read filing:write",
    "certificates": "",
}


@contextmanager
def programs(folder: Path, names: tuple[str, ...] = ("provider", *_CREATE)) -> Iterator[list[Program]]:
    """Make the programs in `folder`."""
    with ExitStack() as stack:
        made = []
        if "provider" in names:
            made.append(stack.enter_context(_provider(folder / "provider")))
        clock = Clock()
        double = stack.enter_context(provider_double(clock))
        made += [stack.enter_context(_service(folder / name, name, double, clock)) for name in _CREATE if name in names]
        yield made


@contextmanager
def _service(folder: Path, name: str, double: ProviderDouble, clock: Clock) -> Iterator[Program]:
    folder.mkdir(parents=True, exist_ok=True)
    services = '{"dashboard": "http://localhost:8001", "pairing": "http://localhost:8002"}'
    environ = {"DATA_DIR": str(folder), "ISSUER": double.issuer, "PROFILE": "test"}
    settings = load_relying_party(
        name, environ | ({"IDP_SERVICES": services} if name in {"dashboard", "pairing"} else {})
    )
    app = _CREATE[name](settings)
    app.extensions["sso"].clock = clock
    app.extensions["sso"].sessions._clock = clock
    base, tokens = settings.base_url, itertools.count()

    def arrive(sub: str, roles: tuple[str, ...] = ()) -> Client:
        double.id_claims = {
            "aud": name,
            "sub": sub,
            "sid": f"s-{sub}-{next(tokens)}",
            "acr": "aal2",
            "auth_time": int(clock()),
        }
        double.userinfo = {
            "sub": sub,
            "name": sub.title(),
            "preferred_username": sub,
            "email": f"{sub}@example.org",
            "roles": list(roles),
        }
        browser = app.test_client()
        back = double.approve(browser.get("/sign-in", base_url=base))
        answered = browser.get(back, base_url=base)
        assert answered.status_code == 303, answered.text
        return browser

    def token(sub: str, client_id: str) -> dict[str, str]:
        now = int(clock())
        claims = {
            "iss": double.issuer,
            "aud": f"{base}/api",
            "sub": sub,
            "client_id": client_id,
            "iat": now,
            "exp": now + 300,
        }
        claims |= {"jti": "j", "scope": _SCOPES[name], "auth_time": now, "acr": "aal2"}
        return {"Authorization": f"Bearer {double.sign(claims, typ='at+jwt')}"}

    def with_csrf(visitor: Callable[[], Client]) -> Callable[[], dict[str, str]]:
        serializer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]

        def headers() -> dict[str, str]:
            with visitor().session_transaction(base_url=base) as session:  # type: ignore[attr-defined]
                session["csrf_token"] = "a-token"
            return {"X-CSRFToken": serializer.dumps("a-token")}

        return headers

    visitors: list[Visitor] = []
    for who, come in (
        ("stranger", None),
        ("alice", lambda: arrive("alice-1")),
        ("officer", (lambda: arrive("olga-1", (_ROLES[name],))) if name in _ROLES else None),
    ):
        if who == "officer" and come is None:
            continue
        visitor = Visitor(who, come() if come else app.test_client(), dict, come)
        visitor.headers = with_csrf(lambda visitor=visitor: visitor.client)
        visitors.append(visitor)
    if _SCOPES[name]:
        own = name == "dashboard"
        visitors.append(
            Visitor(
                "program", app.test_client(), _remembered(lambda: token("notices" if own else "alice-1", "notices"))
            )
        )
    known, routes = read_known(("clients/sso", f"clients/{name}")), read_routes(app)
    if name == "certificates":
        routes += [Route("/ocsp", ("POST",)), Route("/ocsp/<request>", ("GET",)), Route("/ca/<file>", ("GET",))]
        known.arguments["file"] = ["root.cer", "issuing.cer", "root.crl", "issuing.crl", "chain.pem"]
    known.names = sorted({*known.names, "version", "csrf_token", "submission", "request", "widget", "do", "kept"})
    document = app.test_client().get("/api/openapi.json", base_url=base)
    if document.status_code == 200:
        known.samples = read_samples(document.get_json(), "/api")
        known.names = sorted({*known.names, "reference", "payment_reference", "type", "kind", "month", "year"})
    with app.app_context():
        file = str(db.engine.url.database)
    yield Program(name, base, routes, visitors, known, read_matcher(app), file)
    with app.app_context():
        db.engine.dispose()


def _remembered(make: Callable[[], dict[str, str]], seconds: float = 100) -> Callable[[], dict[str, str]]:
    made: list[tuple[float, dict[str, str]]] = [(0.0, {})]

    def headers() -> dict[str, str]:
        if time.monotonic() - made[0][0] > seconds or not made[0][1]:
            made[0] = (time.monotonic(), make())
        return made[0][1]

    return headers


@contextmanager
def _provider(folder: Path) -> Iterator[Program]:  # noqa: C901 - everybody who visits it
    folder.mkdir(parents=True, exist_ok=True)
    clock = TurnedClock()
    rotation.ensure(KeyStore(folder / "keys"), clock.now)
    idp = ProviderUnderTest(make_provider(folder, clock), clock)
    machine = idp.provider.machine
    client = idp.register()
    grants = ("authorization_code", "refresh_token", "client_credentials")
    service = idp.register(grant_types=grants, scope="openid notices:write certificates:write")
    add_totp(idp, "bob")
    add_recovery_codes(idp, "bob")

    def arrive() -> Client:
        # What ends an attack by its number would end the search by it too.
        for table in ("rate_limit", "factor_attempts", "interaction"):
            with idp.core.database.write() as tx:
                tx.run(f"DELETE FROM {table}")
        browser = idp.browser()
        if len(idp.core.accounts.sessions.listing(account_id(idp, "alice"))) > 20:
            with idp.core.database.write() as tx:
                tx.run("DELETE FROM sso_session")
        idp.code(client, Pkce(), browser)
        return browser

    def half_way() -> Client:
        browser = idp.browser()
        address = begin(idp, browser, client, "bob")
        program.known.arguments.setdefault("interaction_id", []).append(address.rpartition("/")[2])
        program._address(address)
        return browser

    def with_csrf(visitor: Callable[[], Client]) -> Callable[[], dict[str, str]]:
        def token() -> dict[str, str]:
            page = visitor().get("/forgot-password", base_url=ISSUER)
            return {"X-CSRFToken": csrf(page.text)} if page.status_code == 200 else {}

        return _remembered(token, seconds=0.5)

    def own_token() -> dict[str, str]:
        asked = {"grant_type": "client_credentials", "scope": "notices:write certificates:write", "resource": ISSUER}
        return {"Authorization": f"Bearer {idp.token(service, **asked).get_json()['access_token']}"}

    def basic() -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{client.client_id}:{client.secret}".encode()).decode()}

    routes = read_routes(idp.provider.flask)
    for path in machine.paths:
        routes.append(Route(f"{path}<serial>", ("DELETE",)) if path.endswith("/") else Route(path, ("GET", "POST")))
    known = read_known(("idp",))
    protocol = {
        "client_id": client.client_id, "redirect_uri": "https://rp.example/callback", "response_type": "code", "scope": "openid",
        "state": "s", "nonce": "n", "code_challenge": "A" * 43, "code_challenge_method": "S256", "max_age": "1", "prompt": "login",
        "claims": "{}", "id_token_hint": "a.b.c", "acr_values": "aal2", "ui_locales": "en", "login_hint": "alice", "resource": ISSUER,
        "request": "x", "request_uri": "x", "response_mode": "query",
    }  # fmt: skip
    grant = {
        "grant_type": "authorization_code",
        "code": "x",
        "redirect_uri": "https://rp.example/callback",
        "code_verifier": "A" * 43,
    }
    grant |= {"client_id": client.client_id, "refresh_token": "x", "token": "x", "client_assertion": "a.b.c"}
    grant |= {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "scope": "openid"}
    known.names = sorted({*known.names, *protocol, *grant, "csrf_token", "issuer", "interaction", "credential", "code"})
    known.fields = {
        "/authorize": protocol,
        "/token": grant,
        "/introspect": grant,
        "/revoke": grant,
        "/end_session": protocol | grant,
    }
    notice = {
        "id": "n-1",
        "sub": "nobody",
        "service": "S",
        "subject": "T",
        "link": "https://rp.example/x",
        "channels": ["email"],
    }
    known.samples = {
        "/api/notices": [{"notices": [notice], "inbox": "https://rp.example/", "settings": "https://rp.example/s"}],
        "/api/certificates": [
            {
                "sub": account_id(idp, "alice"),
                "certificate": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
            }
        ],
        "/approvals/api/list": [{"message": "a.b.c"}],
        "/approvals/api/answer": [{"message": "a.b.c"}],
        "/approvals/register/<enrolment_id>": [{"message": "a.b.c"}],
    }
    program = Program(
        "provider",
        ISSUER,
        routes,
        [],
        known,
        read_matcher(idp.provider.flask),
        str(idp.core.database.url.database),
    )
    for name, come in (("stranger", None), ("alice", arrive), ("bob, half-way", half_way)):
        visitor = Visitor(name, come() if come else idp.browser(), dict, come)
        visitor.headers = with_csrf(lambda visitor=visitor: visitor.client)
        program.visitors.append(visitor)
    program.visitors += [
        Visitor("service", idp.browser(), _remembered(own_token), is_program=True),
        Visitor("client", idp.browser(), basic, is_program=True),
    ]
    yield program
    idp.core.database.close()
    shutil.rmtree(folder, ignore_errors=True)
