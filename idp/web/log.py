"""Logs: one JSON object a line on stderr, with the request's identifier and without secrets.

The access line is written directly (4 µs); everything else comes through `logging` and the same redaction.
"""

import logging
import os
import re
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

from idp import request_id

_STDERR = 2
_LONG = 40
"""A path this long may carry a token."""
_LONGEST = 8000
_LONGEST_PATH = 400
"""What a stranger writes is searched for secrets only so far: some of these patterns take the square of its length."""
_HIDDEN = "[hidden]"
_SECRETS = (
    # An Authorization header, whatever its scheme.
    (
        re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic|dpop|negotiate)\s+)?[^\s\"',}]+"),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic|dpop)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {_HIDDEN}"),
    # name=value, "name": "value", name: value
    (
        re.compile(
            r"(?i)((?:\b|_)(?:passwo?r?d|passphrase|secret|code|token|code_verifier|assertion|otp|cookie|logout_token|id_token_hint)"
            r"[\"']?\s*[=:]\s*[\"']?)(?!\[hidden\])[^\s\"'&,;}]+"
        ),
        rf"\1{_HIDDEN}",
    ),
    # A JWT, or anything long and random enough to be a bearer secret (our identifiers have 26 characters).
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*"), _HIDDEN),
    (re.compile(r"(?<![\w/-])[\w-]{40,}(?![\w-])|(?<=/)[\w.-]{40,}"), _HIDDEN),
)


def redact(text: str) -> str:
    """Return `text` with everything hidden that looks like a secret; more than `_LONGEST` characters are cut before it is looked at."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def configure(level: int = logging.INFO) -> None:
    """Send everything that `logging` carries to stderr as JSON lines; replaces handlers that were there."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # At DEBUG it writes whole tokens.
    logging.getLogger("authlib").setLevel(max(level, logging.INFO))


class JsonFormatter(logging.Formatter):
    """Formats a record as one line; `extra={"event": {...}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the JSON text of `record`, redacted."""
        line: dict[str, Any] = {
            "at": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "request_id": request_id.current(),
        }
        for name, value in getattr(record, "event", {}).items():
            line[name] = redact(value) if isinstance(value, str) else value
        if record.exc_info:
            line["exception"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return orjson.dumps(line, default=str).decode()


def access(identifier: str, method: str, path: str, status: int, milliseconds: float) -> None:
    """Write the line of one finished request; `path` comes without its query, which may hold codes and tokens."""
    line = {
        "at": datetime.now(UTC),
        "level": "info",
        "logger": "access",
        "request_id": identifier,
        "method": method,
        "path": redact(path[:_LONGEST_PATH]) if len(path) > _LONG else path,
        "status": status,
        "ms": round(milliseconds, 1),
    }
    # One write, so that lines of several threads and workers don't mix.
    os.write(_STDERR, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
