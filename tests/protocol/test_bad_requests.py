"""What no well-behaved client sends: each is refused with JSON of the right class, and none ends in a stack trace."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.provider import ISSUER, ProviderUnderTest

POSTS = ["/token", "/introspect", "/revoke"]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_wrong_method(idp: ProviderUnderTest, path: str, method: str) -> None:
    response = idp.browser().open(path, method=method, base_url=ISSUER)

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert response.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_wrong_content_type(idp: ProviderUnderTest, path: str, content_type: str) -> None:
    response = idp.post(path, b'{"grant_type":"client_credentials"}', content_type=content_type)

    assert response.status_code == 400
    assert response.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", [*POSTS, "/userinfo"])
def test_a_megabyte(idp: ProviderUnderTest, path: str) -> None:
    response = idp.post(path, b"token=" + b"x" * 1_000_000, content_type=FORM)

    assert response.status_code == 413
    assert response.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=client_credentials&grant_type=client_credentials",
        b"grant_type=client_credentials&scope=a&scope=b",
        b"grant_type=client_credentials&scope=%00",
        b"grant_type=client_credentials&scope=%ff%fe",
        b"grant_type=" + "é".encode(),
        b"&".join(b"a%d=1" % number for number in range(150)),
        b"grant_type=",
        b"",
    ],
)
def test_malformed_form(idp: ProviderUnderTest, body: bytes) -> None:
    response = idp.post("/token", body, content_type=FORM)

    assert response.status_code == 400
    assert response.get_json()["error"] == "invalid_request"


def test_grant_type_in_the_query_is_not_looked_at(idp: ProviderUnderTest) -> None:
    assert idp.post("/token?grant_type=client_credentials", {"scope": "x"}).get_json()["error"] == "invalid_request"


def test_unknown_grant_type(idp: ProviderUnderTest) -> None:
    assert idp.post("/token", {"grant_type": "password"}).get_json()["error"] == "unsupported_grant_type"


def test_grant_that_the_client_did_not_register(idp: ProviderUnderTest) -> None:
    client = idp.register()

    assert (
        idp.post("/token", {"grant_type": "client_credentials"}, auth=client.auth).get_json()["error"]
        == "unauthorized_client"
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_whatever_comes_is_answered_as_the_callers_mistake(idp: ProviderUnderTest, body: bytes, header: str) -> None:
    for path in (*POSTS, "/userinfo"):
        response = idp.post(path, body, content_type=FORM, headers={"Authorization": header})
        assert 400 <= response.status_code < 500
        assert json.loads(response.data)["error"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["client_id", "redirect_uri", "scope", "state", "prompt", "max_age", "code_challenge", "resource"]
        ),
        st.text(max_size=60),
    )
)
def test_any_authorization_request_is_answered(idp: ProviderUnderTest, query: dict[str, str]) -> None:
    response = idp.browser().get("/authorize", query_string=query, base_url=ISSUER)

    assert response.status_code == 400
    assert "Location" not in response.headers
