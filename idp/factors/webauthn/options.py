"""What browsers are asked (WebAuthn Level 3 sections 5.4 and 5.5), as JSON for `parseCreationOptionsFromJSON` and its sibling."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.helpers.structs import PublicKeyCredentialHint as Hint

from idp.db import Row
from idp.factors.webauthn.crypto import ALGORITHMS, Party

Kind = Literal["passkey", "security_key"]
KINDS: tuple[Kind, ...] = ("passkey", "security_key")

_TRANSPORTS = {one.value for one in AuthenticatorTransport}
# A phone is reached from this device and isn't part of it, so a passkey names no attachment.
_SELECTION: dict[Kind, tuple[AuthenticatorAttachment | None, ResidentKeyRequirement, list[Hint]]] = {
    "passkey": (None, ResidentKeyRequirement.REQUIRED, [Hint.CLIENT_DEVICE, Hint.HYBRID]),
    "security_key": (AuthenticatorAttachment.CROSS_PLATFORM, ResidentKeyRequirement.PREFERRED, [Hint.SECURITY_KEY]),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key it will be; the names are what the browser shows when it offers the key."""

    handle: bytes
    username: str
    name: str


def creation(
    kind: Kind,
    challenge: bytes,
    party: Party,
    holder: Holder,
    known: Iterable[Row],
    *,
    attestation: AttestationConveyancePreference,
    timeout_seconds: int,
) -> dict[str, Any]:
    """Return what to ask for a new key. An authenticator that has one of the `known` keys makes no second one."""
    attachment, resident, hints = _SELECTION[kind]
    made = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=holder.handle,
        user_name=holder.username,
        user_display_name=holder.name,
        challenge=challenge,
        timeout=timeout_seconds * 1000,
        attestation=attestation,
        authenticator_selection=AuthenticatorSelectionCriteria(
            authenticator_attachment=attachment,
            resident_key=resident,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(known),
        supported_pub_key_algs=ALGORITHMS,
        hints=hints,
    )
    # The library knows no extensions: whether the key can be found without its account is told by this one (section 10.1.3).
    return {**options_to_json_dict(made), "extensions": {"credProps": True}}


def request(
    challenge: bytes,
    party: Party,
    allowed: Iterable[Row],
    *,
    user_verification: bool,
    timeout_seconds: int,
    plugged_in: bool = False,
) -> dict[str, Any]:
    """Return what to ask of one of the `allowed` keys; with none named, of any that the browser knows for us.

    With `plugged_in` the browser shows at once how that is done, instead of offering a phone first.
    """
    made = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=timeout_seconds * 1000,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED
        if user_verification
        else UserVerificationRequirement.PREFERRED,
    )
    # Nor hints for sign-ins (section 5.8.7).
    return {**options_to_json_dict(made), "hints": [Hint.SECURITY_KEY.value] if plugged_in else []}


def _descriptors(rows: Iterable[Row]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row["credential_id"]),
            transports=[AuthenticatorTransport(one) for one in row["transports"].split() if one in _TRANSPORTS] or None,
        )
        for row in rows
    ]


def encoded(value: bytes) -> str:
    """Return bytes as browsers take them in JSON (base64url)."""
    return bytes_to_base64url(value)
