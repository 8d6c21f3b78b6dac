"""Parsing of what strangers send, one function or class for each kind of input: text, numbers, JSON, tokens, bodies, forms, X.509.

Shared by the provider and the relying parties. Each limits first and works afterwards, and ends in one kind of error that its callers know;
docs/limits.md lists all bounds. Nothing here knows a domain: each caller says what a refusal is there.
"""

import csv
import io
import json
import math
import re
import struct
import unicodedata
import zipfile
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, Literal

import orjson
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from flask import Flask, Request, abort
from pydantic_core import from_json
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MAX_HEADER_TEXT = 256
"""Characters that are kept of a header that only describes its sender."""
LONGEST_TYPED = 10_000
"""Characters of a field that are looked at: more than any may have."""
MAX_FIELDS = 1000
"""Of a form; the largest of ours, a board of widgets, has some two hundred."""
MAX_JWT = 16 * 1024
MAX_NESTING = 100
"""Brackets of one kind in a JWT's header or claims."""
_NORMAL_FORMS = Literal["NFC", "NFKC"]
_UNSEEN = {"Cc", "Zl", "Zp", "Cs"}
_SEEN = "LNPS"
# Letters and symbols that are drawn as nothing: fillers of Hangul, blank Braille, an object that isn't there, a musical null, blank hieroglyphs. The
# other invisible ones (zero-width, marks of direction, soft hyphen, variation selectors) are of categories that don't count.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159\U00013441\U00013442")
_USER_AGENT = "HTTP_USER_AGENT"
MAX_INTEGER = 2**63 - 1
"""The largest number that a column of a database takes."""
_NOT_ASCII = re.compile("[\x80-\xff]")
_DIGITS = re.compile(r"-?[0-9]{1,19}")

PARSER_ERRORS = (
    # Text, numbers and encodings: UnicodeError, binascii.Error and JSONDecodeError are ValueErrors.
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
    csv.Error,
    zipfile.BadZipFile,
    # X.509: what is only parsed when it is asked for may be of a version or a kind that doesn't exist.
    NotImplementedError,
    UnsupportedAlgorithm,
    InvalidSignature,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.AttributeNotFound,
    x509.UnsupportedGeneralNameType,
)
"""What parsers raise at input that is none. Only around a parser: inside our own code most of them are defects."""


def normalize(form: _NORMAL_FORMS, text: str, *, limit: int) -> str:
    """Return a text in a Unicode normalization form (UAX 15), of at most `limit` characters before and after: NFKC can make 18 of one."""
    return unicodedata.normalize(form, text[:limit])[:limit]


def is_visible(text: str) -> bool:
    """Tell whether anything of a text is seen: letters, digits, punctuation or symbols, none of which are drawn as nothing."""
    return any(unicodedata.category(one)[0] in _SEEN and one not in _BLANK for one in text)


def one_line(text: str | None) -> str:
    """Return what somebody typed without control characters and superfluous spaces; no more than `LONGEST_TYPED` is looked at.

    A text of which nothing is seen is none.
    """
    kept = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in (text or "")[:LONGEST_TYPED])
    line = " ".join(normalize("NFC", kept, limit=LONGEST_TYPED).split())
    return line if is_visible(line) else ""


def header_text(sent: str) -> str:
    """Return what a header says about its sender, as it may be kept and shown: printable, and short."""
    return "".join(one for one in sent[: 2 * MAX_HEADER_TEXT] if one.isprintable())[:MAX_HEADER_TEXT]


def shorten_headers(environ: "WSGIEnvironment") -> None:
    """Cut `User-Agent` before anybody reads it: it goes into sessions, mails and the audit trail."""
    if sent := environ.get(_USER_AGENT):
        environ[_USER_AGENT] = header_text(sent)


def check_jwt(token: str) -> None:
    """Raise ValueError for what can't be a compact JWT, or is larger or deeper than any: JSON parsers end in a RecursionError there."""
    parts = token.split(".", 3)
    if len(token) > MAX_JWT or len(parts) != 3:  # noqa: PLR2004 - RFC 7515 section 7.1
        raise ValueError("not a JWT")
    for part in parts[:2]:
        content = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        if max(content.count(b"["), content.count(b"{")) > MAX_NESTING or not isinstance(orjson.loads(content), dict):
            raise ValueError("not a JWT")


class TooLargeError(Exception):
    """A body has more bytes than it may."""


@contextmanager
def refusing(refusal: Callable[[], Exception]) -> Iterator[None]:
    """Let whatever a parser raises in the block become the refusal, which the caller's own callers know."""
    try:
        yield
    except PARSER_ERRORS as error:
        raise refusal() from error


def integer(text: str | None, *, least: int = 0, most: int = MAX_INTEGER) -> int | None:
    """Return a number that was sent as a text; None for anything else and for one outside of `least` and `most`."""
    if not text or not _DIGITS.fullmatch(text):
        return None
    found = int(text)
    return found if least <= found <= most else None


def json_value(sent: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON value (RFC 8259). Raises ValueError, and nothing else.

    UTF-8 only, at most 200 levels deep, no NaN or infinity, no number beyond 64 bits, no name twice in an object (RFC 8259 section 4
    leaves open which one counts), no half surrogate in a text.
    """
    # Finds what is too deep before the parser below can run out of its stack; that one sees every name and number.
    from_json(sent, allow_inf_nan=False)
    return json.loads(sent, object_pairs_hook=_once, parse_int=_number, parse_float=_finite)


def read_body(environ: Mapping[str, Any], most: int) -> bytes:
    """Return the body of a WSGI request. Raises TooLargeError, and ValueError for a length that is none.

    A chunked body (RFC 9112 section 7.1) names no length: one byte more than allowed tells that it is too large.
    """
    declared = environ.get("CONTENT_LENGTH") or ""
    length = integer(declared)
    if declared and length is None:
        raise ValueError("Content-Length is no number")
    if length is not None and length > most:
        raise TooLargeError
    body: bytes = environ["wsgi.input"].read(length if length is not None else _unnamed(environ, most))
    if len(body) > most:
        raise TooLargeError
    return body


def check_input(request: Request) -> None:
    """Refuse what no browser sends, before anybody looks at it: aborts with 404 or 400.

    A NUL wherever text comes in, names of files too (PostgreSQL takes none where SQLite does), and a part of a form without a name (RFC 7578
    section 4.2).
    """
    if "\0" in request.path:
        abort(HTTPStatus.NOT_FOUND)
    for texts in (request.args, request.cookies, request.form):
        if any("\0" in (name or "") or "\0" in value for name, value in texts.items(multi=True)):
            abort(HTTPStatus.BAD_REQUEST)
    if None in request.form or None in request.files:
        abort(HTTPStatus.BAD_REQUEST)
    for name, file in request.files.items(multi=True):
        if "\0" in name or "\0" in (file.filename or ""):
            abort(HTTPStatus.BAD_REQUEST)


class _FormReader(FormDataParser):
    """Werkzeug's parser, with a limit of fields for URL-encoded forms too."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        body = stream.read()
        if body.count(b"&") >= MAX_FIELDS:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(io.BytesIO(body), mimetype, content_length, options)


class BoundedRequest(Request):
    """A request whose form has a limit of fields."""

    form_data_parser_class = _FormReader


def install(app: Flask) -> None:
    """Let `app` read forms within these bounds."""
    app.request_class = BoundedRequest


class EncodedQuery:
    """WSGI middleware: what a query has besides ASCII is percent-encoded before anybody reads it (RFC 3986 section 2.1 has nothing else).

    Werkzeug raises UnicodeDecodeError for bytes that are no UTF-8 wherever a query is looked at; encoded they are replaced, like others.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass on."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = _NOT_ASCII.sub(lambda found: f"%{ord(found[0]):02X}", query)
        return self._app(environ, start_response)


def _unnamed(environ: Mapping[str, Any], most: int) -> int:
    """Return how much to read of a body without a length: nothing, unless it is chunked (RFC 9112 section 6.3)."""
    return most + 1 if environ.get("wsgi.input_terminated") or "HTTP_TRANSFER_ENCODING" in environ else 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _number(digits: str) -> int:
    found = integer(digits, least=-MAX_INTEGER - 1)
    if found is None:
        raise ValueError("a number beyond 64 bits")
    return found


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError("a number without an end")
    return found
