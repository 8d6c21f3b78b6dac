"""Scope values: RFC 6749 section 3.3, and the claims they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from idp.oauth.scopes import claims_for, parse

VALUE = st.text(st.characters(min_codepoint=0x23, max_codepoint=0x5B), min_size=1, max_size=20)


@given(values=st.lists(VALUE, min_size=1, max_size=10))
def test_parse_keeps_order_and_drops_repetitions(values: list[str]) -> None:
    assert parse(" ".join(values)) == tuple(dict.fromkeys(values))


@given(text=st.text(max_size=100))
def test_parse_never_fails(text: str) -> None:
    parsed = parse(text)

    assert parsed is None or all(" " not in value and value for value in parsed)


def test_malformed() -> None:
    assert parse("a  b") is None
    assert parse(" a") is None
    assert parse('a "b"') is None
    assert parse("ä") is None
    assert parse(None) == parse("") == ()


def test_claims_are_those_of_the_scope_and_never_empty() -> None:
    person = {
        "sub": "1",
        "name": "Alice",
        "email": "a@example.org",
        "email_verified": False,
        "phone_number": None,
        "address": {},
        "secret": "x",
    }

    assert claims_for(["openid", "email", "phone", "address", "unknown"], person) == {
        "sub": "1",
        "email": "a@example.org",
        "email_verified": False,
    }
