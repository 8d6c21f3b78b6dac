"""Numbers, JSON and bodies of strangers: one refusal for each kind, and nothing that a caller doesn't know."""

from io import BytesIO
from typing import Any

import pytest
from cryptography import x509
from flask import Flask, request
from werkzeug.datastructures import FileStorage
from wtforms import StringField
from wtforms.validators import Optional

from config.forms import BaseForm, IntegerField
from config.parsing import MAX_INTEGER, EncodedQuery, TooLargeError, integer, json_value, read_body, refusing


@pytest.mark.parametrize(
    "text",
    ["", None, "x", "1.5", "1e3", "+1", " 1", "1_0", "٣", "９", "-1", str(MAX_INTEGER + 1), "9" * 5000, "\0", "1\n"],
)
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert integer(text) is None


def test_numbers_have_bounds() -> None:
    assert integer(str(MAX_INTEGER)) == MAX_INTEGER
    assert integer("-5", least=-5) == -5
    assert integer("12", most=11) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"{", b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b"NaN", b"[Infinity]", b"-Infinity", b"1e999",
        b"9" * 5000, str(MAX_INTEGER + 1).encode(), b'{"a":1,"a":1}', b'{"b":[{"a":1,"a":2}]}', b'"\xff"', b'"\\ud800"', b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_json_that_somebody_could_read_otherwise_is_none(sent: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has a text of its own
        json_value(sent)


def test_json() -> None:
    assert json_value(b'{"a": [1, -2, 1.5, null, true, "\\u00e9"]}') == {"a": [1, -2, 1.5, None, True, "é"]}
    assert json_value(b"[" * 100 + b"]" * 100)


@pytest.mark.parametrize(
    "raised",
    [
        ValueError(),
        RecursionError(),
        UnicodeDecodeError("utf-8", b"", 0, 1, ""),
        x509.InvalidVersion("", 9),
        NotImplementedError(),
    ],
)
def test_whatever_a_parser_raises_is_one_refusal(raised: Exception) -> None:
    with pytest.raises(LookupError, match="refused"), refusing(lambda: LookupError("refused")):
        raise raised


def test_bodies() -> None:
    body = BytesIO(b"12345")
    assert read_body({"CONTENT_LENGTH": "5", "wsgi.input": body}, 5) == b"12345"
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(b"12345")}
    assert read_body(chunked, 5) == b"12345"
    assert read_body({"wsgi.input": BytesIO(b"of another request")}, 5) == b""
    for environ in ({"CONTENT_LENGTH": "6"}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
        with pytest.raises(TooLargeError):
            read_body({**environ, "wsgi.input": BytesIO(b"123456")}, 5)
    with pytest.raises(ValueError, match="Content-Length"):
        read_body({"CONTENT_LENGTH": "-1", "wsgi.input": body}, 5)


class _Form(BaseForm):
    title = StringField()
    version = IntegerField(validators=[Optional()])


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    app.wsgi_app = EncodedQuery(app.wsgi_app)  # type: ignore[method-assign]

    @app.post("/")
    def send() -> dict[str, Any]:
        form = _Form()
        return {"valid": form.validate(), "title": form.title.data, "version": form.version.data}

    @app.get("/")
    def look() -> str:
        return request.full_path + request.args.get("x", "")

    return app


@pytest.mark.parametrize(
    "sent", [{"json": []}, {"json": {"title": 1}}, {"json": "x"}, {"data": "{", "content_type": "application/json"}]
)
def test_a_form_reads_nothing_of_a_json_body(app: Flask, sent: dict[str, Any]) -> None:
    assert app.test_client().post("/", **sent).json["title"] is None


def test_a_file_is_no_text(app: Flask) -> None:
    answered = app.test_client().post("/", data={"title": FileStorage(BytesIO(b"x"), "x.txt"), "version": "3"})
    assert answered.json == {"valid": True, "title": None, "version": 3}


def test_a_field_that_comes_twice_counts_once(app: Flask) -> None:
    assert app.test_client().post("/", data={"title": ["a", "b"]}).json["title"] == "a"


@pytest.mark.parametrize("version", ["9" * 400, "٣", "-1", "x"])
def test_a_hidden_number_has_bounds(app: Flask, version: str) -> None:
    answered = app.test_client().post("/", data={"title": "a", "version": version}).json
    assert (answered["valid"], answered["version"]) == (False, None)


def test_a_query_that_is_no_text_is_read_all_the_same(app: Flask) -> None:
    answered = app.test_client().get("/", environ_overrides={"QUERY_STRING": "x=\xff"})
    assert (answered.status_code, answered.text) == (200, "/?x=%FF%FF")
