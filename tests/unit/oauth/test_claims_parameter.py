"""Reading the `claims` parameter: whatever comes in, there is an answer or a refusal that repeats nothing of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oauth.authorization.claims_parameter import LONGEST, ClaimsRequest, parse
from idp.oauth.errors import InvalidRequestError

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
_NAMES = st.sampled_from(["acr", "sub", "email", "auth_time", "name#ja", ""])
_DETAILS = st.none() | st.fixed_dictionaries(
    {}, optional={"essential": st.booleans() | _JSON, "value": _JSON, "values": st.lists(_JSON, max_size=3) | _JSON}
)
_MEMBER = st.dictionaries(_NAMES, _DETAILS, max_size=4) | _JSON
_REQUESTS = st.fixed_dictionaries({}, optional={"id_token": _MEMBER, "userinfo": _MEMBER, "more": _JSON})


@pytest.mark.parametrize("text", [None, "", "{}", '{"id_token":{}}', '{"other":[]}'])
def test_nothing_is_asked(text: str | None) -> None:
    assert parse(text) == ClaimsRequest()


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ({"id_token": {"acr": {"essential": True, "values": ["b", "a", "b"]}}}, (("b", "a"), True)),
        ({"id_token": {"acr": {"value": "a"}}}, (("a",), False)),
        ({"id_token": {"acr": None}}, ((), False)),
        ({"id_token": {"acr": {"essential": True}}}, ((), True)),
        ({"userinfo": {"acr": {"essential": True, "value": "a"}}}, (("a",), True)),
        (
            {"id_token": {"acr": {"value": "a"}}, "userinfo": {"acr": {"essential": True, "value": "b"}}},
            (("a",), False),
        ),
        ({"id_token": {"acr": {"values": [], "more": 1}}}, ((), False)),
    ],
)
def test_acr(asked: object, read: tuple[tuple[str, ...], bool]) -> None:
    request = parse(json.dumps(asked))
    assert (request.acr, request.acr_essential) == read


def test_names_and_subject() -> None:
    asked = {"id_token": {"email": {"essential": True}, "sub": {"value": "s"}}, "userinfo": {"sub": {"values": ["s"]}}}
    request = parse(json.dumps(asked))
    assert (request.id_token, request.userinfo, request.subject) == (("email", "sub"), ("sub",), "s")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "[]",
        "NaN",
        '{"id_token":null}',
        '{"id_token":[]}',
        '{"userinfo":{"email":true}}',
        '{"id_token":{"email":{"essential":"true"}}}',
        '{"id_token":{"acr":{"value":1}}}',
        '{"id_token":{"acr":{"value":""}}}',
        '{"id_token":{"acr":{"values":"a"}}}',
        '{"id_token":{"acr":{"values":["a",null]}}}',
        '{"id_token":{"acr":{"value":"a","values":["a"]}}}',
        '{"id_token":{"sub":{"values":["a","b"]}}}',
        '{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}',
        '{"id_token":' * 2000,
        json.dumps({"x": "y" * LONGEST}),
        "\ud800",
    ],
)
def test_what_can_not_be_read(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        parse(text)


@given(st.one_of(_REQUESTS.map(json.dumps), st.text(max_size=40)))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        request = parse(text)
    except InvalidRequestError:
        return
    assert all(isinstance(value, str) and value for value in (*request.acr, *filter(None, [request.subject])))
    assert isinstance(request.acr_essential, bool)
