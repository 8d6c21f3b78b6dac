"""Redirect URIs: what may be registered, what matches, whatever anybody thinks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oauth.redirect_uris import RedirectURIError, check_registrable, matches, origin

REGISTERED = [
    "https://rp.example/callback",
    "https://rp.example/callback?tenant=1",
    "http://127.0.0.1/callback",
    "http://[::1]/cb",
    "org.example.app:/cb",
]
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)


@pytest.mark.parametrize("uri", REGISTERED)
def test_registered_matches(uri: str) -> None:
    assert matches(uri, REGISTERED)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:51000/callback", "http://[::1]:9/cb"])
def test_loopback_may_choose_its_port(uri: str) -> None:
    assert matches(uri, REGISTERED)


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example/Callback",
        "https://rp.example/callback/",
        "https://RP.example/callback",
        "https://rp.example:443/callback",
        "https://rp.example/callback#",
        "https://rp.example/callback?",
        "https://user@rp.example/callback",
        "https://rp.example@evil.example/callback",
        "https://rp.example\\@evil.example/callback",
        "http://127.0.0.1:80:80/callback",
        "http://x@127.0.0.1/callback",
        "http://127.0.0.1:51000/other",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost/callback",
        "http://127.0.0.2/callback",
        "",
        "callback",
        "//rp.example/callback",
    ],
)
def test_anything_else_does_not(uri: str) -> None:
    assert not matches(uri, REGISTERED)


@given(prefix=PRINTABLE, suffix=PRINTABLE)
def test_nothing_added_to_an_https_uri_matches(prefix: str, suffix: str) -> None:
    uri = f"{prefix}https://rp.example/callback{suffix}"

    assert matches(uri, REGISTERED) == (uri in REGISTERED)


@given(uri=st.text(max_size=80))
def test_matching_never_fails(uri: str) -> None:
    matches(uri, REGISTERED)


@pytest.mark.parametrize(
    "uri", ["https://rp.example/cb", "https://rp.example/cb?x=1", "http://localhost:3000/cb", "http://[::1]/cb"]
)
def test_registrable(uri: str) -> None:
    assert check_registrable(uri, public=False) == uri


def test_scheme_of_ones_own_is_for_public_clients() -> None:
    assert check_registrable("org.example.app:/cb", public=True)
    with pytest.raises(RedirectURIError):
        check_registrable("org.example.app:/cb", public=False)


@pytest.mark.parametrize(
    "uri",
    [
        "http://rp.example/cb",
        "https://rp.example/cb#x",
        "https://*.example/cb",
        "https://u:p@rp.example/cb",
        "https:///cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "/cb",
        "",
        "https://rp.example/c b",
        "https://rp.example/\ncb",
        "https://rp.example:port/cb",
        "https://exämple.org/cb",
    ],
)
def test_not_registrable(uri: str) -> None:
    with pytest.raises(RedirectURIError):
        check_registrable(uri, public=True)


def test_origin() -> None:
    assert origin("https://rp.example:8443/cb?x") == "https://rp.example:8443"
    assert origin("org.example.app:/cb") == "org.example.app:"
