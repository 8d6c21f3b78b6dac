"""The `claims` parameter: OpenID Connect Core section 5.5. Pure: reads the text, and judges nothing that depends on a client or person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from idp.oauth.errors import InvalidRequestError

LONGEST = 8192
"""Characters; nothing that a service needs comes near."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """What was asked for. Members and claims that we don't know are ignored, as section 5.5 wants."""

    id_token: tuple[str, ...] = ()
    """Claims by name for the ID token."""
    userinfo: tuple[str, ...] = ()
    """Claims by name for the UserInfo response."""
    acr: tuple[str, ...] = ()
    """Values of `acr` in the order of preference (section 5.5.1.1), known or not."""
    acr_essential: bool = False
    subject: str = ""
    """The only person that will do (section 3.1.2.2, "If the sub Claim is requested with a specific value")."""


def parse(text: str | None) -> ClaimsRequest:
    """Read the parameter.

    Raises:
        InvalidRequestError: not the JSON that section 5.5 describes, or it asks for what no answer can give.
    """
    if not text:
        return ClaimsRequest()
    members = [_member(_document(text), name) for name in ("id_token", "userinfo")]
    acr = [member["acr"] for member in members if "acr" in member]
    # The ID token's wins: it is the one that section 5.5.1.1 is about.
    chosen = acr[0] if acr else {}
    subjects = {one for member in members for one in _values(member.get("sub", {}), "sub")}
    if len(subjects) > 1:
        raise InvalidRequestError("The claims parameter names more than one sub.")
    return ClaimsRequest(
        id_token=tuple(members[0]),
        userinfo=tuple(members[1]),
        acr=_values(chosen, "acr"),
        acr_essential=bool(chosen.get("essential", False)),
        subject=next(iter(subjects), ""),
    )


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = orjson.loads(text) if len(text) <= LONGEST else None
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError("The claims parameter is not JSON.") from error
    if not isinstance(document, dict):
        raise InvalidRequestError("The claims parameter is not a JSON object of a reasonable size.")
    return document


def _member(document: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    """Return the claims of `id_token` or `userinfo`, each with what is said of it; null says nothing."""
    member = document.get(name, {})
    if not isinstance(member, dict):
        raise InvalidRequestError(f"{name} in the claims parameter is not an object.")
    return {claim: _details(claim, details) for claim, details in member.items()}


def _details(claim: str, details: object) -> Mapping[str, Any]:
    if details is None:
        return {}
    if not isinstance(details, dict) or not isinstance(details.get("essential", False), bool):
        raise InvalidRequestError("A claim in the claims parameter is neither null nor a well formed object.")
    if not isinstance(details.get("values", []), list) or {"value", "values"} <= details.keys():
        raise InvalidRequestError("A claim in the claims parameter has either value or values, an array.")
    _values(details, claim)
    return details


def _values(details: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """Return `value` or `values` of one of the claims that we obey."""
    if claim not in {"acr", "sub"}:
        return ()
    values: Sequence[object] = [details["value"]] if "value" in details else details.get("values", [])
    texts = tuple(dict.fromkeys(one for one in values if isinstance(one, str) and one))
    if len(texts) != len(dict.fromkeys(map(str, values))):
        raise InvalidRequestError(f"A value of {claim} in the claims parameter is not a text.")
    return texts
