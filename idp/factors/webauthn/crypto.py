"""Verifies what an authenticator has signed. Pure: no clock, no database; whether a challenge is ours, its caller knows.

The library does the cryptography. Here is what it leaves to us: where the answer came from (`crossOrigin`, `topOrigin`), that a key
is one that can verify at all, and one kind of error whatever a stranger sends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import orjson
import webauthn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.helpers.structs import CredentialDeviceType

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.registration.verify_registration_response import VerifiedRegistration

ALGORITHMS = [
    Algorithm.EDDSA,
    Algorithm.ECDSA_SHA_256,
    Algorithm.RSASSA_PKCS1_v1_5_SHA_256,
    Algorithm.ML_DSA_65,
    Algorithm.ML_DSA_44,
]
"""In the order in which we like them; an authenticator takes the first that it knows."""
LONGEST_ANSWER = 100_000
"""Characters of JSON; an attestation with its certificates has a tenth of that."""
LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn Level 3 section 7.1 step 25)."""
_LEAST_RSA_BITS = 2048

Fault = Literal["malformed", "elsewhere", "untrue"]
_T = TypeVar("_T")


class InvalidAnswerError(ValueError):
    """What came isn't what an authenticator of ours would send. The reason is for the audit trail, not for people."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Party:
    """The relying party: us."""

    id: str
    """The host that keys are bound to."""
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser has sent, read and not yet verified."""

    fields: dict[str, Any]
    credential_id: str
    challenge: bytes
    user_handle: bytes | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A verified registration."""

    credential_id: str
    public_key: bytes
    """COSE_Key (RFC 9052 section 7)."""
    algorithm: int
    sign_count: int
    aaguid: str
    transports: tuple[str, ...]
    discoverable: bool | None
    """Whether it can be used without its account being named first; None: the browser didn't say."""
    user_verified: bool
    backup_eligible: bool
    backed_up: bool
    attestation: bytes
    """The attestation object, whose signature is verified; what its certificates are worth isn't."""


@dataclass(frozen=True, slots=True)
class Use:
    """A verified assertion."""

    sign_count: int
    user_verified: bool
    backup_eligible: bool
    backed_up: bool


def read(text: str) -> Answer:
    """Read the JSON of a PublicKeyCredential (WebAuthn Level 3 sections 5.1 and 5.8.1).

    Raises InvalidAnswerError, also when the page that asked was shown inside another one.
    """
    if len(text) > LONGEST_ANSWER:
        raise InvalidAnswerError("malformed", "too long")
    return _guarded(lambda: _read(text))


def _read(text: str) -> Answer:
    fields = orjson.loads(text)
    response = fields["response"]
    client_data = orjson.loads(base64url_to_bytes(response["clientDataJSON"]))
    # Section 7.1 steps 10 and 11, 7.2 steps 13 and 14: nobody may show our pages in a frame, so nobody signs in from one.
    if client_data.get("crossOrigin") not in {None, False} or "topOrigin" in client_data:
        raise InvalidAnswerError("elsewhere", "asked for inside another site's page")
    handle = response.get("userHandle")
    return Answer(
        fields=fields,
        credential_id=bytes_to_base64url(base64url_to_bytes(fields["rawId"])),
        challenge=base64url_to_bytes(client_data["challenge"]),
        user_handle=base64url_to_bytes(handle) if handle else None,
    )


def verify_new(answer: Answer, challenge: bytes, party: Party) -> NewKey:
    """Verify a registration (section 7.1). Raises InvalidAnswerError."""
    verify = partial(
        webauthn.verify_registration_response,
        credential=answer.fields,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        require_user_presence=True,
        supported_pub_key_algs=ALGORITHMS,
    )
    return _guarded(lambda: _new_key(answer.fields, verify()))


def _new_key(fields: dict[str, Any], verified: "VerifiedRegistration") -> NewKey:
    if len(verified.credential_id) > LONGEST_ID:
        raise InvalidAnswerError("malformed", "the credential's id is too long")
    decoded = decode_credential_public_key(verified.credential_public_key)
    # An attestation of kind `none` signs nothing: a key that can't verify would show only at the first sign-in.
    _check_strength(decoded_public_key_to_cryptography(decoded))
    told = fields.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    transports = [one for one in fields["response"].get("transports") or [] if isinstance(one, str) and one.isascii()]
    return NewKey(
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=verified.credential_public_key,
        algorithm=int(decoded.alg),
        sign_count=verified.sign_count,
        aaguid=verified.aaguid,
        transports=tuple(sorted({one for one in transports if one.replace("-", "").isalpha()}))[:8],
        discoverable=told if isinstance(told, bool) else None,
        user_verified=verified.user_verified,
        backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
        attestation=verified.attestation_object,
    )


def _check_strength(key: object) -> None:
    if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise InvalidAnswerError("untrue", "the key is too short")
    # Section 5.8.5: ES256 is with P-256 and nothing else.
    if isinstance(key, EllipticCurvePublicKey) and not isinstance(key.curve, SECP256R1):
        raise InvalidAnswerError("untrue", "the key is on another curve")


def verify_use(answer: Answer, challenge: bytes, party: Party, public_key: bytes) -> Use:
    """Verify an assertion (section 7.2) but for what its caller compares: whose key it is, whether its user was verified, its counter.

    Raises InvalidAnswerError.

    The library compares the counter before it verifies the signature: who knows a credential's id could have it taken for a copy.
    So it is given none to compare with.
    """
    verify = partial(
        webauthn.verify_authentication_response,
        credential=answer.fields,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        credential_public_key=public_key,
        credential_current_sign_count=0,
    )
    verified: VerifiedAuthentication = _guarded(verify)
    return Use(
        sign_count=verified.new_sign_count,
        user_verified=verified.user_verified,
        backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )


def _guarded(act: Callable[[], _T]) -> _T:
    """Have the library, and the parsers below it, fail in one way only."""
    try:
        return act()
    except InvalidAnswerError:
        raise
    except webauthn.helpers.exceptions.WebAuthnException as error:
        raise InvalidAnswerError("untrue", str(error)) from error
    except Exception as error:  # bytes from a stranger: the parsers below the library raise all kinds
        raise InvalidAnswerError("malformed", type(error).__name__) from error
