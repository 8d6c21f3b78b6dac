"""Parsing of what strangers send, one function for each kind of input: numbers, JSON, bodies, and what parsers of formats raise.

Shared by the provider and the relying parties. Nothing here knows a domain: each caller says what a refusal is there.
"""

import csv
import json
import math
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from flask import Request, abort
from pydantic_core import from_json

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

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


def check_form(request: Request) -> None:
    """Refuse a part of a form that has no name (RFC 7578 section 4.2), before anybody looks for one: aborts with 400."""
    if None in request.form or None in request.files:
        abort(HTTPStatus.BAD_REQUEST)


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
