"""Codes and refresh tokens as they travel: `prefix<id>.<secret>`. The prefix lets secret scanners know them, the id finds the row."""

from collections.abc import Callable

from idp.db import Row, Tx
from idp.oauth.store import codes, refresh_tokens
from keys import hashing

CODE = "ac_"
REFRESH_TOKEN = "rt_"  # noqa: S105


def write(prefix: str, token_id: str, secret: str) -> str:
    """Return the text that a client is given."""
    return f"{prefix}{token_id}.{secret}"


def find_code(tx: Tx, code: str) -> Row | None:
    """Return the row of a code whose secret is right, used or not."""
    return _find(tx, code, CODE, codes.find)


def find_refresh_token(tx: Tx, token: str) -> Row | None:
    """Return the row of a refresh token whose secret is right, used or not."""
    return _find(tx, token, REFRESH_TOKEN, refresh_tokens.find)


def _find(tx: Tx, text: str, prefix: str, find: Callable[[Tx, str], Row | None]) -> Row | None:
    token_id, dot, secret = text.removeprefix(prefix).partition(".")
    if not (text.startswith(prefix) and dot and token_id and secret):
        return None
    row = find(tx, token_id)
    return row if row is not None and hashing.same(row["digest"], hashing.digest(secret)) else None
