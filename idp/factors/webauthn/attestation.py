"""Judges authenticators: is it a model that may be used here, and has its maker vouched that the key can't leave it?

Only what leads to the installation's own trusted certificates counts as hardware. What `crypto` has verified is taken as it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from webauthn.helpers import parse_attestation_object, validate_certificate_chain
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AttestationConveyancePreference, AttestationFormat, AttestationObject

from config.strong import WebAuthn as Settings
from idp.factors.webauthn.crypto import NewKey

Verdict = Literal["trusted", "ordinary", "unknown_maker", "other_model"]
"""`trusted`: hardware, by its maker's word. `ordinary`: good, and nothing is known of it. The others aren't accepted."""

_AAGUID_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_WITH_CERTIFICATES = {
    AttestationFormat.PACKED,
    AttestationFormat.FIDO_U2F,
    AttestationFormat.TPM,
    AttestationFormat.ANDROID_KEY,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What is accepted, and whose word is trusted."""

    ask: AttestationConveyancePreference
    required: bool
    roots: tuple[bytes, ...]
    """PEM, one certificate each."""
    allowed: frozenset[str]
    """AAGUIDs; none: all."""

    def judge(self, key: NewKey) -> Verdict:
        """Return what to make of a new key."""
        if self.allowed and key.aaguid not in self.allowed:
            return "other_model"
        # A key that is copied to other devices isn't one that can't leave its hardware, whoever made it.
        if (
            self.roots
            and not key.backup_eligible
            and self._vouched_for(parse_attestation_object(key.attestation), key.aaguid)
        ):
            return "trusted"
        return "unknown_maker" if self.required else "ordinary"

    def _vouched_for(self, attestation: AttestationObject, aaguid: str) -> bool:
        chain = attestation.att_stmt.x5c
        if attestation.fmt not in _WITH_CERTIFICATES or not chain:
            return False
        # One by one: of several roots with one name, OpenSSL tries only the first.
        return any(_leads_to(root, chain) for root in self.roots) and _is_authenticators(chain[0], aaguid)


def _leads_to(root: bytes, chain: list[bytes]) -> bool:
    try:
        return validate_certificate_chain(x5c=chain, pem_root_certs_bytes=[root])
    except WebAuthnException:
        return False


def policy(settings: Settings) -> Policy:
    """Return the policy of the settings. Raises ValueError when the folder of trusted certificates holds none."""
    roots = _read(settings.roots) if settings.roots else ()
    if settings.roots and not roots:
        raise ValueError(f"{settings.roots} holds no certificate: put the makers' there, as PEM files (*.pem).")
    asks = settings.attestation != "none"
    return Policy(
        ask=AttestationConveyancePreference.DIRECT if asks else AttestationConveyancePreference.NONE,
        required=settings.attestation == "required",
        roots=roots,
        allowed=frozenset(str(one) for one in settings.allowed_aaguids),
    )


def _read(folder: Path) -> tuple[bytes, ...]:
    return tuple(
        certificate.public_bytes(Encoding.PEM)
        for file in sorted(folder.glob("*.pem"))
        for certificate in x509.load_pem_x509_certificates(file.read_bytes())
    )


def _is_authenticators(der: bytes, aaguid: str) -> bool:
    """Tell whether it is an authenticator's and of this model (WebAuthn Level 3 sections 8.2 and 8.2.1), which the library leaves open."""
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
    except ValueError:
        return False
    found = {extension.oid: extension.value for extension in extensions}
    constraints = found.get(x509.BasicConstraints.oid)
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        return False
    told = found.get(_AAGUID_EXTENSION)
    # An OCTET STRING (tag, length) of the sixteen bytes; a maker with one model may leave it out.
    return told is None or (
        isinstance(told, x509.UnrecognizedExtension) and told.value == b"\x04\x10" + UUID(aaguid).bytes
    )
