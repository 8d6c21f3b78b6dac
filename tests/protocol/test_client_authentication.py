"""RFC 6749 section 2.3, OpenID Connect Core section 9, RFC 7523: one mechanism, the registered one."""

import base64
import time
from urllib.parse import quote

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from idp.oauth.client_auth import ASSERTION_TYPE
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient

SERVICE = {"redirect_uris": (), "grant_types": ("client_credentials",), "scope": "reports:read"}
GRANT = {"grant_type": "client_credentials"}


def test_basic(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)

    body = idp.post("/token", GRANT, auth=client.auth).get_json()

    assert body["scope"] == "reports:read"
    assert "refresh_token" not in body


def test_basic_is_form_encoded_before_it_is_joined(idp: ProviderUnderTest) -> None:
    client = idp.register(client_id="a-b.c~d_e", **SERVICE)
    credentials = base64.b64encode(f"{quote(client.client_id)}:{quote(str(client.secret))}".encode()).decode()

    response = idp.post("/token", GRANT, headers={"Authorization": f"basic {credentials}"})

    assert response.status_code == 200


def test_post(idp: ProviderUnderTest) -> None:
    client = idp.register(token_endpoint_auth_method="client_secret_post", **SERVICE)
    form = GRANT | {"client_id": client.client_id, "client_secret": client.secret}

    assert idp.post("/token", form).status_code == 200


@pytest.mark.parametrize("key", [ECKey.generate_key("P-256"), RSAKey.generate_key(2048)], ids=["ES256", "RS256"])
def test_private_key_jwt(idp: ProviderUnderTest, key: ECKey | RSAKey) -> None:
    client_id, form = _with_key(idp, key)

    assert idp.post("/token", form).status_code == 200
    replayed = idp.post("/token", form)

    assert replayed.status_code == 401
    assert replayed.get_json()["error"] == "invalid_client"
    assert client_id


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": [ISSUER, "https://elsewhere.example"]},  # the stranger could use it here
        {"aud": []},
        {"aud": [ISSUER, 1]},
        {"exp": 1_700_000_000},
        {"exp": 1_900_000_000},
        {"iss": "someone-else"},
        {"jti": None},
        {"aud": None},
    ],
)
def test_private_key_jwt_with_a_wrong_claim(idp: ProviderUnderTest, claims: dict[str, object]) -> None:
    _, form = _with_key(idp, ECKey.generate_key("P-256"), **claims)

    assert idp.post("/token", form).get_json()["error"] == "invalid_client"


def test_private_key_jwt_signed_by_another_key(idp: ProviderUnderTest) -> None:
    _, form = _with_key(idp, ECKey.generate_key("P-256"), signer=ECKey.generate_key("P-256"))

    assert idp.post("/token", form).get_json()["error"] == "invalid_client"


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_wrong_secret(idp: ProviderUnderTest, secret: str) -> None:
    client = idp.register(**SERVICE)

    response = idp.post("/token", GRANT, auth=(client.client_id, secret))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert response.get_json()["error"] == "invalid_client"


def test_unknown_client_is_answered_like_a_wrong_secret(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)

    unknown, wrong = (
        idp.post("/token", GRANT, auth=("nobody", "x")),
        idp.post("/token", GRANT, auth=(client.client_id, "x")),
    )

    assert (unknown.status_code, unknown.get_json()) == (wrong.status_code, wrong.get_json())


def test_no_refusal_tells_who_is_registered_or_how(idp: ProviderUnderTest) -> None:
    client, other = idp.register(**SERVICE), idp.register(token_endpoint_auth_method="client_secret_post", **SERVICE)
    _, wrong_aud = _with_key(idp, ECKey.generate_key("P-256"), aud="https://elsewhere.example")
    _, wrong_key = _with_key(idp, ECKey.generate_key("P-256"), signer=ECKey.generate_key("P-256"))
    answers = [
        idp.post("/token", GRANT),
        idp.post("/token", GRANT, auth=("nobody", "x")),
        idp.post("/token", GRANT, auth=(client.client_id, "x")),
        idp.post("/token", GRANT, auth=other.auth),
        idp.post("/token", GRANT, headers={"Authorization": "Basic !"}),
        idp.post("/token", GRANT | {"client_id": client.client_id}),
        idp.post("/token", GRANT | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": "x"}),
        idp.post("/token", GRANT | {"client_assertion_type": "x", "client_assertion": "x"}),
        *(idp.post("/token", form) for form in (wrong_aud, wrong_key)),
    ]

    assert {one.status_code for one in answers} == {401}
    assert len({one.get_data() for one in answers}) == 1


def test_two_mechanisms_at_once(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)
    form = GRANT | {"client_id": client.client_id, "client_secret": client.secret}

    assert idp.post("/token", form, auth=client.auth).get_json()["error"] == "invalid_request"


def test_another_method_than_the_registered_one(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)
    form = GRANT | {"client_id": client.client_id, "client_secret": client.secret}

    assert idp.post("/token", form).get_json()["error"] == "invalid_client"
    assert idp.post("/token", GRANT | {"client_id": client.client_id}).get_json()["error"] == "invalid_client"


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_nothing_is_done_for_a_confidential_client_without_its_secret(idp: ProviderUnderTest, kind: str) -> None:
    client, pkce = idp.register(), Pkce()
    tokens, code = idp.tokens(client), idp.code(client, pkce)
    unproven = RegisteredClient(client.client_id, None)

    answers = [
        idp.redeem(unproven, code, pkce),
        idp.post("/token", {**GRANT, "client_id": client.client_id}),
        idp.post(
            "/token",
            {
                "grant_type": "refresh_token",
                "refresh_token": tokens["refresh_token"],
                "client_id": client.client_id,
            },
        ),
        idp.post("/revoke", {"token": tokens[kind], "client_id": client.client_id}),
        idp.post("/introspect", {"token": tokens[kind], "client_id": client.client_id}),
    ]

    assert [one.status_code for one in answers] == [401] * 5
    assert idp.post("/introspect", {"token": tokens[kind]}, auth=client.auth).get_json()["active"] is True
    assert idp.redeem(client, code, pkce).status_code == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Digest a=b"])
def test_malformed_authorization_header(idp: ProviderUnderTest, header: str) -> None:
    assert idp.post("/token", GRANT, headers={"Authorization": header}).status_code == 401


def test_two_secrets_live_while_one_replaces_the_other(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)
    newer = idp.core.registration.new_secret(client.client_id, overlap=60, actor="test")

    assert idp.post("/token", GRANT, auth=client.auth).status_code == 200
    assert idp.post("/token", GRANT, auth=(client.client_id, newer)).status_code == 200

    idp.clock.forward(61)
    assert idp.post("/token", GRANT, auth=client.auth).status_code == 401
    assert idp.post("/token", GRANT, auth=(client.client_id, newer)).status_code == 200


def test_removed_client_is_unknown(idp: ProviderUnderTest) -> None:
    client = idp.register(**SERVICE)
    idp.core.registration.remove(client.client_id, actor="test")

    assert idp.post("/token", GRANT, auth=client.auth).status_code == 401


def _with_key(idp: ProviderUnderTest, key: ECKey | RSAKey, *, signer: ECKey | RSAKey | None = None, **changes: object):
    public = {"keys": [key.as_dict(private=False)]}
    client = idp.register(token_endpoint_auth_method="private_key_jwt", jwks=public, **SERVICE)
    now = idp.clock()
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": ISSUER,
        "exp": now + 60,
        "iat": now,
        "jti": str(time.time_ns()),
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    assertion = jwt.encode({"alg": algorithm}, claims, signer or key)
    return client.client_id, GRANT | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
