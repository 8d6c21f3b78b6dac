"""What tokens say, and who may ask about them: OpenID Connect Core sections 2 and 5.3, RFC 9068, RFC 7662, RFC 7009, RFC 8707."""

import base64
import hashlib

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, answer

API = "https://api.example/reports"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def published_keys(idp: ProviderUnderTest) -> KeySet:
    return KeySet.import_key_set(idp.browser().get("/jwks", base_url=ISSUER).get_json())


def test_id_token(idp: ProviderUnderTest) -> None:
    client = idp.register()
    tokens = idp.tokens(client)

    token = jwt.decode(tokens["id_token"], published_keys(idp), algorithms=["RS256"])

    now = idp.clock()
    jwt.JWTClaimsRegistry(
        now=now, iss={"value": ISSUER}, aud={"value": client.client_id}, nonce={"value": "the nonce"}
    ).validate(token.claims)
    assert token.claims["auth_time"] == now
    assert (token.claims["acr"], token.claims["amr"]) == ("aal1", ["pwd"])
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert token.claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def test_id_token_in_the_algorithm_that_the_client_registered(idp: ProviderUnderTest) -> None:
    tokens = idp.tokens(idp.register(id_token_signed_response_alg="ES256"))

    assert jwt.decode(tokens["id_token"], published_keys(idp), algorithms=["ES256"]).header["kid"]


def test_access_token(idp: ProviderUnderTest) -> None:
    client = idp.register()
    token = jwt.decode(idp.tokens(client)["access_token"], published_keys(idp), algorithms=["ES256"])

    assert token.header["typ"] == "at+jwt"
    assert token.claims["aud"] == ISSUER
    assert token.claims["client_id"] == client.client_id
    assert token.claims["exp"] - token.claims["iat"] == 300
    assert {"sub", "jti", "scope", "auth_time", "acr", "amr"} <= token.claims.keys()


def test_userinfo_gives_what_the_scope_stands_for(idp: ProviderUnderTest) -> None:
    tokens = idp.tokens(idp.register(), scope="openid email")

    response = idp.browser().get("/userinfo", headers=bearer(tokens["access_token"]))

    body = response.get_json()
    assert body.keys() == {"sub", "email", "email_verified"}
    assert body["email"] == "alice@example.org"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_userinfo_by_post(idp: ProviderUnderTest) -> None:
    token = idp.tokens(idp.register())["access_token"]

    assert idp.post("/userinfo", {"access_token": token}).get_json()["name"] == "Alice Moreau"
    assert idp.post("/userinfo", {"access_token": token}, headers=bearer(token)).status_code == 400
    assert idp.browser().get("/userinfo", query_string={"access_token": token}).status_code == 401


@pytest.mark.parametrize(
    ("header", "challenge"),
    [("", 'Bearer realm="userinfo"'), ("Bearer nonsense", 'error="invalid_token"'), ("Basic x", "Bearer")],
)
def test_userinfo_challenge(idp: ProviderUnderTest, header: str, challenge: str) -> None:
    response = idp.browser().get("/userinfo", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    assert challenge in response.headers["WWW-Authenticate"]


def test_id_token_is_no_access_token(idp: ProviderUnderTest) -> None:
    assert idp.browser().get("/userinfo", headers=bearer(idp.tokens(idp.register())["id_token"])).status_code == 401


def test_expired_access_token(idp: ProviderUnderTest) -> None:
    client = idp.register()
    token = idp.tokens(client)["access_token"]
    assert idp.browser().get("/userinfo", headers=bearer(token)).status_code == 200
    idp.clock.forward(301)

    assert idp.browser().get("/userinfo", headers=bearer(token)).status_code == 401
    assert idp.post("/introspect", {"token": token}, auth=client.auth).get_json() == {"active": False}


def test_introspection(idp: ProviderUnderTest) -> None:
    client = idp.register()
    tokens = idp.tokens(client)

    access = idp.post("/introspect", {"token": tokens["access_token"]}, auth=client.auth).get_json()
    refresh = idp.post("/introspect", {"token": tokens["refresh_token"]}, auth=client.auth).get_json()

    assert access["active"] is True
    assert access["client_id"] == client.client_id
    assert refresh["active"] is True
    assert refresh["scope"] == "openid profile email"


def test_introspection_is_for_the_client_and_the_api_only(idp: ProviderUnderTest) -> None:
    service = idp.register(
        redirect_uris=(), grant_types=("client_credentials",), scope="reports:read", audiences=(API,)
    )
    api = idp.register(redirect_uris=(), grant_types=("client_credentials",), resource_server=(API,))
    stranger = idp.register()
    token = idp.token(service, grant_type="client_credentials").get_json()["access_token"]

    answers = [
        idp.post("/introspect", {"token": token}, auth=one.auth).get_json()["active"]
        for one in (service, api, stranger)
    ]

    assert answers == [True, True, False]


def test_public_client_cannot_introspect(idp: ProviderUnderTest) -> None:
    client = idp.register(token_endpoint_auth_method="none")
    token = idp.tokens(client)["access_token"]

    assert idp.post("/introspect", {"token": token, "client_id": client.client_id}).status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revocation(idp: ProviderUnderTest, kind: str) -> None:
    client, stranger = idp.register(), idp.register()
    tokens = idp.tokens(client)

    assert idp.post("/revoke", {"token": tokens[kind]}, auth=stranger.auth).status_code == 200
    assert idp.post("/introspect", {"token": tokens[kind]}, auth=client.auth).get_json()["active"] is True
    assert (
        idp.post("/revoke", {"token": tokens[kind], "token_type_hint": "nonsense"}, auth=client.auth).status_code == 200
    )

    assert idp.post("/introspect", {"token": tokens[kind]}, auth=client.auth).get_json() == {"active": False}
    assert idp.browser().get("/userinfo", headers=bearer(tokens["access_token"])).status_code == 401
    refreshed = idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == (200 if kind == "access_token" else 400)


def test_revoking_what_is_unknown_succeeds(idp: ProviderUnderTest) -> None:
    assert idp.post("/revoke", {"token": "nonsense"}, auth=idp.register().auth).status_code == 200


def test_client_credentials_never_stand_for_a_person(idp: ProviderUnderTest) -> None:
    client = idp.register(redirect_uris=(), grant_types=("client_credentials",), scope="openid profile reports:read")

    assert idp.token(client, grant_type="client_credentials").get_json()["scope"] == "reports:read"
    assert idp.token(client, grant_type="client_credentials", scope="openid").get_json()["error"] == "invalid_scope"
    token = idp.token(client, grant_type="client_credentials").get_json()["access_token"]
    assert idp.browser().get("/userinfo", headers=bearer(token)).status_code == 403


def test_keys_that_sign_are_published_before_and_kept_after(idp: ProviderUnderTest) -> None:
    from keys import rotation

    old = idp.tokens(idp.register())["id_token"]
    rotation.rotate(idp.core.keys, idp.clock(), publish_ahead=3600, keep_after=3600)
    idp.core.keys.read()
    assert len(idp.browser().get("/jwks", base_url=ISSUER).get_json()["keys"]) == 4
    idp.clock.forward(3601)

    new = idp.tokens(idp.register())["id_token"]

    keys = published_keys(idp)
    kids = {jwt.decode(token, keys, algorithms=["RS256"]).header["kid"] for token in (old, new)}
    assert len(kids) == 2


def test_discovery_and_keys_have_an_etag(idp: ProviderUnderTest) -> None:
    for path in ("/.well-known/openid-configuration", "/jwks"):
        first = idp.browser().get(path, base_url=ISSUER)
        again = idp.browser().get(path, base_url=ISSUER, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_discovery_names_only_what_is_there(idp: ProviderUnderTest) -> None:
    document = idp.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()

    assert document["issuer"] == ISSUER
    for name, value in document.items():
        if name.endswith(("_endpoint", "_uri")):
            path = value.removeprefix(ISSUER)
            assert idp.browser().get(path, base_url=ISSUER).status_code != 404, name


def test_metrics_count_tokens_by_grant_and_outcome(idp: ProviderUnderTest) -> None:
    client = idp.register()
    idp.tokens(client)
    idp.token(client, grant_type="refresh_token", refresh_token="nonsense")
    idp.token(client, grant_type="whatever a caller writes")

    text = idp.browser().get("/metrics", base_url=ISSUER, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).text

    assert 'idp_tokens_total{grant="authorization_code",outcome="success"} 1.0' in text
    assert 'idp_tokens_total{grant="refresh_token",outcome="invalid_grant"} 1.0' in text
    assert 'idp_tokens_total{grant="unknown",outcome="unsupported_grant_type"} 1.0' in text
    assert "whatever" not in text


def test_statements_of_the_hot_endpoints(idp: ProviderUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of SQL statements is what keeps them fast."""
    from idp.db import Tx

    service = idp.register(redirect_uris=(), grant_types=("client_credentials",), scope="reports:read")
    client = idp.register()
    tokens = idp.tokens(client)
    counted: list[str] = []
    for name in ("one", "all", "run"):
        real = getattr(Tx, name)
        monkeypatch.setattr(
            Tx, name, lambda self, sql, real=real, **parameters: (counted.append(sql), real(self, sql, **parameters))[1]
        )

    def count(action) -> int:
        action()
        counted.clear()
        assert action().status_code == 200
        return len([sql for sql in counted if sql not in {"BEGIN IMMEDIATE", "COMMIT"}])

    assert count(lambda: idp.token(service, grant_type="client_credentials")) == 0
    assert count(lambda: idp.post("/introspect", {"token": tokens["access_token"]}, auth=client.auth)) == 1
    assert count(lambda: idp.browser().get("/userinfo", headers=bearer(tokens["access_token"]))) == 2
    rotating = [tokens["refresh_token"]]

    def refresh():
        response = idp.token(client, grant_type="refresh_token", refresh_token=rotating[-1])
        rotating.append(response.get_json()["refresh_token"])
        return response

    # One of them asks whether the session goes on.
    assert count(refresh) == 5


def test_codes_and_tokens_are_not_readable_in_the_database(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    browser = idp.browser()
    code = answer(idp.sign_in(browser, idp.authorize(browser, client, pkce).location))["code"]
    tokens = idp.redeem(client, code, pkce).get_json()
    database = idp.core.database
    tables = database.read().all("SELECT name FROM sqlite_master WHERE type = 'table'")
    dump = " ".join(
        str(tuple(row)) for table in tables for row in database.read().all(f"SELECT * FROM {table['name']}")
    )

    cookies = [cookie.value for cookie in browser._cookies.values()]
    secrets = [
        code.split(".")[1],
        tokens["refresh_token"].split(".")[1],
        str(client.secret),
        *(one.split(".")[1] for one in cookies if "." in one),
    ]
    for secret in secrets:
        assert secret not in dump
    assert "demo-PASSWORD-1" not in dump
