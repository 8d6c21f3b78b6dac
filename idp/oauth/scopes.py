"""Scope values and the claims that they stand for (OpenID Connect Core section 5.4). Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

CLAIMS_OF_SCOPE: Mapping[str, tuple[str, ...]] = {
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
        "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
    "roles": ("roles",),
}  # fmt: skip

STANDARD = ("openid", *CLAIMS_OF_SCOPE, "offline_access")
"""What every client may ask for; a client's registration adds the scope of APIs."""

_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,128}")


def parse(value: str | None) -> tuple[str, ...] | None:
    """Return the scope's values in order, each once; None when it isn't of RFC 6749 section 3.3's form."""
    if not value:
        return ()
    values = tuple(dict.fromkeys(value.split(" ")))
    return values if all(_TOKEN.fullmatch(one) for one in values) else None


def claims_for(scope: Iterable[str], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return `sub` and those of `claims` that the scope stands for, empty ones left out (Core section 5.3.2)."""
    chosen: dict[str, Any] = {"sub": claims["sub"]}
    for value in scope:
        for name in CLAIMS_OF_SCOPE.get(value, ()):
            if claims.get(name) not in (None, "", [], {}):
                chosen[name] = claims[name]
    return chosen
