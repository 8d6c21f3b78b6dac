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

SCOPE_OF_CLAIM: Mapping[str, str] = {name: value for value, names in CLAIMS_OF_SCOPE.items() for name in names}
"""Which scope value stands for a claim that is asked for by name."""
ABOUT_SIGN_IN = ("acr", "amr", "auth_time")
"""Claims about the sign-in rather than the person; every ID token has them, the UserInfo response when asked."""

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
        chosen |= claims_named(CLAIMS_OF_SCOPE.get(value, ()), claims)
    return chosen


def claims_named(names: Iterable[str], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `claims` with such a name (Core section 5.5), empty ones left out."""
    return {name: claims[name] for name in names if claims.get(name) not in (None, "", [], {})}
