"""What every request to a machine endpoint must be before anyone reads it: the checks, in order, and the parsing that they protect."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from config.parsing import TooLargeError, json_value, read_body
from idp.oauth.errors import (
    InvalidRequestError,
    MethodNotAllowedError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
)
from idp.oauth.request import ProtocolRequest

MAX_BODY = 64 * 1024
MAX_FIELDS = 100
_REPEATABLE = frozenset({"resource"})  # RFC 8707 section 2
_FORM = "application/x-www-form-urlencoded"


def read_request(
    environ: Mapping[str, Any], *, methods: tuple[str, ...], body_optional: bool = False
) -> ProtocolRequest:
    """Return the parsed request.

    Raises:
        OAuth2Error: wrong method, wrong content type, body too large or no form, a parameter given twice (RFC 6749 section 3.2).
    """
    method = environ["REQUEST_METHOD"]
    if method not in methods:
        raise MethodNotAllowedError(methods)
    pairs: list[tuple[str, str]] = []
    if method == "POST":
        content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if content_type == _FORM:
            pairs = _form(_body(environ, MAX_BODY))
        elif not body_optional or environ.get("CONTENT_LENGTH") not in (None, "", "0"):
            raise InvalidRequestError(f"The body must be {_FORM}.")
    request = ProtocolRequest(method, environ["PATH_INFO"], _Headers(environ), pairs, environ.get("REMOTE_ADDR", ""))
    if repeated := request.payload.repeated(allowed=_REPEATABLE):
        shown = repeated if repeated.isidentifier() and repeated.isascii() else "A parameter"
        raise InvalidRequestError(f"{shown} is included more than once.")
    return request


def read_json(environ: Mapping[str, Any], *, most: int) -> bytes:
    """Return the body of a call, which is JSON of at most `most` bytes and can be read by every parser (`config.parsing`).

    Raises:
        OAuth2Error: another content type, a body that is too large or isn't JSON.
    """
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError
    body = _body(environ, most)
    try:
        json_value(body)
    except ValueError:
        raise InvalidRequestError("The body is not well-formed JSON.") from None
    return body


def _body(environ: Mapping[str, Any], most: int) -> bytes:
    try:
        return read_body(environ, most)
    except TooLargeError:
        raise PayloadTooLargeError from None
    except ValueError:
        raise InvalidRequestError("Content-Length is not a number.") from None


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except (UnicodeError, ValueError):
        raise InvalidRequestError("The body is not a well-formed form.") from None
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        raise InvalidRequestError("A parameter contains a NUL character.")
    return pairs


class _Headers(dict[str, str]):
    """The request's headers, looked up in the environ when asked for: few are ever read."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Mapping[str, Any]) -> None:
        super().__init__()
        self._environ = environ

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        return self._environ.get("HTTP_" + name.upper().replace("-", "_"), default)

    def __getitem__(self, name: str) -> str:
        value: str = self._environ["HTTP_" + name.upper().replace("-", "_")]
        return value
