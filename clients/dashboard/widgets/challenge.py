"""Reads `WWW-Authenticate` (RFC 9110 section 11.6.1) as services write it: several challenges in one line, quoted or not. Pure."""

import re
from collections.abc import Iterable

from clients.sso.demands import LEVELS

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = re.compile(rf"\s*({_WORD})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,\"]*))\s*(?:,|$)")
_SCHEME = re.compile(rf"[\s,]*({_WORD})(?:[ \t]+|\s*(?:,|$))")
_LONGEST = 4_000
LONGEST_AGE = 10**9
"""Seconds."""


def bearer(values: Iterable[str]) -> dict[str, str]:
    """Return the parameters of the first `Bearer` challenge that names an error, of any `Bearer` otherwise; empty if there is none."""
    found = [of for value in values for scheme, of in _challenges(value[:_LONGEST]) if scheme == "bearer"]
    return next((one for one in found if "error" in one), found[0] if found else {})


def asked(parameters: dict[str, str]) -> tuple[str, int | None]:
    """Return the least level that will do and the age in seconds (RFC 9470 section 3); what can't be understood is left out."""
    levels = [one for one in parameters.get("acr_values", "").split() if one in LEVELS]
    age = parameters.get("max_age", "")
    seconds = min(int(age), LONGEST_AGE) if age.isascii() and age.isdigit() and len(age) < 20 else None  # noqa: PLR2004
    return min(levels, key=LEVELS.index, default=""), seconds


def _challenges(value: str) -> list[tuple[str, dict[str, str]]]:
    """Split a line into its challenges: a name followed by `=` is a parameter of the one before, any other begins a new one."""
    found: list[tuple[str, dict[str, str]]] = []
    at = 0
    while at < len(value):
        if found and (match := _PARAMETER.match(value, at)):
            name, quoted, plain = match.groups()
            found[-1][1].setdefault(name.lower(), plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        elif match := _SCHEME.match(value, at):
            found.append((match[1].lower(), {}))
        else:
            # Nothing that is known: it goes on after the next comma.
            comma = value.find(",", at)
            if comma < 0:
                break
            at = comma + 1
            continue
        at = match.end()
    return found
