"""Bounds for parsers that run on what strangers send, one function or class for each kind, shared by the provider and the services.

Each limits first and works afterwards, and ends in one kind of error that its callers know. docs/limits.md lists all bounds.
"""

import io
import unicodedata
from base64 import urlsafe_b64decode
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, Literal

import orjson
from flask import Flask, Request, abort
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

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


def check_text(request: Request) -> None:
    """Refuse a NUL wherever text comes in: no browser sends one, and PostgreSQL takes none where SQLite does. Aborts with 404 or 400."""
    if "\0" in request.path:
        abort(HTTPStatus.NOT_FOUND)
    for texts in (request.args, request.cookies, request.form):
        if any("\0" in name or "\0" in value for name, value in texts.items(multi=True)):
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
