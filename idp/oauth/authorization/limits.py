"""Limits of an authorization request: which parameters there are, and how long each may be. Anybody can send one, and it is kept for an hour.

All others are ignored (RFC 6749 section 3.1) and not kept. docs/limits.md has the same table for readers.
"""

from collections.abc import Iterable
from typing import NamedTuple

MAX_LENGTH = {
    "client_id": 255,
    "redirect_uri": 2048,
    "response_type": 64,
    "response_mode": 32,
    "scope": 2048,
    "state": 4096,
    "nonce": 512,
    "code_challenge": 128,
    "code_challenge_method": 16,
    "prompt": 128,
    "max_age": 16,
    "acr_values": 512,
    "claims": 8192,
    "resource": 2048,
    "login_hint": 320,
    "id_token_hint": 4096,
    "ui_locales": 256,
    # Refused by name, so that what they hold doesn't matter.
    "request": 16,
    "request_uri": 16,
    "registration": 16,
}
"""Characters of each known parameter."""
MAX_TOTAL = 16 * 1024
"""Characters of all known parameters together, with their names."""
_NEVER_LONG = frozenset({"request", "request_uri", "registration"})


class Kept(NamedTuple):
    """What is read of a request: its known parameters, and the name of one that is too long, or `request` when all together are."""

    pairs: list[tuple[str, str]]
    excess: str


def keep_known(pairs: Iterable[tuple[str, str]]) -> Kept:
    """Return the known parameters of a request; of those that are too long only the name is left."""
    kept: list[tuple[str, str]] = []
    excess, total = "", 0
    for name, value in pairs:
        longest = MAX_LENGTH.get(name)
        if longest is None:
            continue
        if len(value) > longest:
            if name in _NEVER_LONG:
                kept.append((name, value[:longest]))
            else:
                excess = excess or name
            continue
        total += len(name) + len(value)
        if total > MAX_TOTAL:
            return Kept([pair for pair in kept if pair[0] in {"client_id", "redirect_uri", "state"}], "request")
        kept.append((name, value))
    return Kept(kept, excess)
