"""Authlib's clients against a running provider: the plain session that scripts use, and the one for Flask that README shows."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from flask import Flask, jsonify, session
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response

from tests.contract.clients.test_openid_client import CALLBACK, SIGNED_OUT, assertion_key
from tests.support.programs import Installation
from tests.support.visitor import Visitor

AddClient = Callable[..., dict[str, Any]]
SCOPE = "openid profile email offline_access"


@pytest.fixture(scope="module")
def metadata(installation: Installation) -> dict[str, Any]:
    return requests.get(f"{installation.issuer}/.well-known/openid-configuration", timeout=5).json()


def visit(url: str) -> str:
    """Sign alice in, allow, and return the redirect URI with the answer."""
    with Visitor(stop_at="http://127.0.0.1:9/") as visitor:
        page = visitor.sign_in(visitor.get(url))
        return (
            page.headers["Location"] if page.is_redirect else visitor.fill(page, decision="allow").headers["Location"]
        )


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
def test_a_session(
    installation: Installation,
    add_web_client: AddClient,
    metadata: dict[str, Any],
    tmp_path: Any,
    method: str,
) -> None:
    key, public = assertion_key(tmp_path)
    options: list[Any] = ["--public"] if method == "none" else ["--auth-method", method]
    registered = add_web_client(f"Authlib {method}", *options, *(["--jwks", public] if "jwt" in method else []))
    client = OAuth2Session(
        registered["client_id"],
        key if method == "private_key_jwt" else registered.get("client_secret"),
        scope=SCOPE,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        token_endpoint=metadata["token_endpoint"],
    )
    if method == "private_key_jwt":
        client.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], alg="ES256"))
    with client:
        verifier = "v" * 48
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"], nonce="the nonce", code_verifier=verifier
        )
        back = visit(url)
        assert dict(parse_qsl(urlsplit(back).query))["iss"] == installation.issuer
        token = client.fetch_token(
            metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=5).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        expected = {"iss": {"value": installation.issuer}, "aud": {"value": registered["client_id"]}}
        jwt.JWTClaimsRegistry(leeway=5, **expected, nonce={"value": "the nonce"}).validate(claims)  # type: ignore[arg-type]

        about = client.get(metadata["userinfo_endpoint"]).json()
        assert (about["sub"], about["email"]) == (claims["sub"], "alice@example.org")
        refreshed = client.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
        assert refreshed["refresh_token"] != token["refresh_token"]
        if method != "none":
            answer = client.introspect_token(metadata["introspection_endpoint"], refreshed["access_token"]).json()
            assert (answer["active"], answer["sub"]) == (True, claims["sub"])
        assert client.revoke_token(metadata["revocation_endpoint"], refreshed["refresh_token"]).status_code == 200
        with pytest.raises(OAuthError, match="invalid_grant"):
            client.refresh_token(metadata["token_endpoint"], refresh_token=refreshed["refresh_token"])


def test_client_credentials(add_client: AddClient, metadata: dict[str, Any]) -> None:
    registered = add_client("--name", "Script", "--grant", "client_credentials", "--scope", "reports:read")
    with OAuth2Session(registered["client_id"], registered["client_secret"], scope="reports:read") as client:
        token = client.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "reports:read"


def test_a_flask_app_as_in_the_readme(installation: Installation, add_web_client: AddClient) -> None:
    registered = add_web_client("My app")
    app = Flask("my_app")
    app.secret_key = "of a test"
    oauth = OAuth(app)
    oauth.register(
        "ip_account",
        client_id=registered["client_id"],
        client_secret=registered["client_secret"],
        server_metadata_url=f"{installation.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )

    @app.get("/sign-in")
    def sign_in() -> Response:
        return oauth.ip_account.authorize_redirect(CALLBACK)

    @app.get("/callback")
    def callback() -> Response:
        token = oauth.ip_account.authorize_access_token()
        session["id_token"] = token["id_token"]
        return jsonify(token["userinfo"] | oauth.ip_account.userinfo(token=token))

    @app.get("/sign-out")
    def sign_out() -> Response:
        return oauth.ip_account.logout_redirect(
            post_logout_redirect_uri=SIGNED_OUT, id_token_hint=session["id_token"], state="the state"
        )

    browser = app.test_client()
    with Visitor(stop_at="http://127.0.0.1:9/") as visitor:
        consent = visitor.sign_in(visitor.get(browser.get("/sign-in").location))
        back = visitor.fill(consent, decision="allow").headers["Location"]
        person = browser.get(back.removeprefix("http://127.0.0.1:9")).get_json()
        assert (person["name"], person["email"]) == ("Alice Moreau", "alice@example.org")
        assert person["nonce"]
        out = visitor.get(browser.get("/sign-out").location)
        assert out.headers["Location"] == f"{SIGNED_OUT}?state=the+state"
        # The session has ended: the next sign-in asks for the password again, but not for consent.
        page = visitor.get(browser.get("/sign-in").location)
        assert visitor.sign_in(page).headers["Location"].startswith(CALLBACK)
