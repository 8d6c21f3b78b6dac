"""Authenticators for tests. `SoftwareKey` is one in Python, honest unless told otherwise; `ChromiumKeys` are Chromium's own virtual ones."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from playwright.sync_api import Page

ES256, EDDSA, RS256, ML_DSA_44, ML_DSA_65 = -7, -8, -257, -48, -49
MODEL = "01020304-0506-0708-0102-030405060708"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


class ExcludedError(Exception):
    """The authenticator has one of the keys that it mustn't have (a browser's InvalidStateError)."""


class NothingError(Exception):
    """The authenticator has no key that is asked for (a browser's NotAllowedError)."""


@dataclass
class Credential:
    id: str
    private: Any
    algorithm: int
    user_handle: str
    count: int = 0


class Maker:
    """A maker of authenticators: a root, and the certificate that all its authenticators of one model share."""

    def __init__(self, aaguid: str = MODEL, *, told: str | None = None) -> None:
        self.aaguid = aaguid
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self.private = ec.generate_private_key(ec.SECP256R1())
        self._root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sample Keys Root")])
        self.root = self._certificate(self._root_name, self._root_key.public_key(), ca=True)
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "CH"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sample Keys"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Authenticator Attestation"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Sample Key 1"),
            ]
        )
        model = x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4"), b"\x04\x10" + UUID(told or aaguid).bytes
        )
        self.certificate = self._certificate(subject, self.private.public_key(), ca=False, model=model)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool, model: x509.ExtensionType | None = None
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._root_name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if model:
            builder = builder.add_extension(model, critical=False)
        return builder.sign(self._root_key, SHA256())


@dataclass
class SoftwareKey:
    """`create` and `get` take the server's options and return what a browser posts. Keywords make one answer dishonest."""

    origin: str = "http://localhost:8000"
    algorithms: tuple[int, ...] = (ES256,)
    aaguid: str = MODEL
    maker: Maker | None = None
    self_attested: bool = False
    user_verified: bool = True
    backup_eligible: bool = True
    backed_up: bool = True
    counts: bool = True
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: dict[str, Any], **lies: Any) -> str:
        known = {one.id for one in self.credentials}
        if known & {one["id"] for one in options.get("excludeCredentials", ())}:
            raise ExcludedError
        wanted = [one["alg"] for one in options["pubKeyCredParams"]]
        algorithm = lies.get("algorithm") or next(one for one in wanted if one in self.algorithms)
        made = Credential(_text(secrets.token_bytes(32)), _private(algorithm), algorithm, options["user"]["id"])
        self.credentials.append(made)
        made.count = 1 if self.counts else 0
        client_data = self._client_data("webauthn.create", options["challenge"], lies)
        public = lies.get("public_key") or cbor2.dumps(_cose(made))
        attested = (
            UUID(lies.get("aaguid", self.aaguid)).bytes + len(_bytes(made.id)).to_bytes(2) + _bytes(made.id) + public
        )
        data = self._authenticator_data(lies.get("rp_id", options["rp"]["id"]), made.count, lies, AT) + attested
        statement, fmt = self._statement(options, made, data + hashlib.sha256(client_data).digest())
        attestation = cbor2.dumps({"fmt": fmt, "attStmt": statement, "authData": data})
        response = {
            "clientDataJSON": _text(client_data),
            "attestationObject": _text(attestation),
            "transports": ["internal", "hybrid"] if self.backup_eligible else ["usb", "nfc"],
        }
        return _json(made.id, response, clientExtensionResults={"credProps": {"rk": True}})

    def get(self, options: dict[str, Any], **lies: Any) -> str:
        allowed = [one["id"] for one in options.get("allowCredentials", ())]
        found = [one for one in self.credentials if not allowed or one.id in allowed]
        if not found:
            raise NothingError
        used = found[-1]
        used.count += self.counts
        client_data = self._client_data("webauthn.get", options["challenge"], lies)
        data = self._authenticator_data(lies.get("rp_id", options["rpId"]), lies.get("count", used.count), lies)
        signature = _sign(
            lies.get("private", used.private), used.algorithm, data + hashlib.sha256(client_data).digest()
        )
        response = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": lies.get("user_handle", used.user_handle),
        }
        return _json(lies.get("id", used.id), response, clientExtensionResults={})

    def _client_data(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        told = {
            "type": lies.get("type", kind),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return json.dumps(told | lies.get("client_data", {})).encode()

    def _authenticator_data(self, rp_id: str, count: int, lies: dict[str, Any], flags: int = 0) -> bytes:
        for flag, is_set in (
            (UP, lies.get("up", True)),
            (UV, lies.get("uv", self.user_verified)),
            (BE, lies.get("be", self.backup_eligible)),
            (BS, lies.get("bs", self.backup_eligible and self.backed_up)),
        ):
            flags |= flag if is_set else 0
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4)

    def _statement(self, options: dict[str, Any], made: Credential, signed: bytes) -> tuple[dict[str, Any], str]:
        if options.get("attestation", "none") == "none":
            return {}, "none"
        if self.maker:
            chain = [self.maker.certificate.public_bytes(Encoding.DER)]
            return {"alg": ES256, "sig": _sign(self.maker.private, ES256, signed), "x5c": chain}, "packed"
        if self.self_attested:
            return {"alg": made.algorithm, "sig": _sign(made.private, made.algorithm, signed)}, "packed"
        return {}, "none"


class ChromiumKeys:
    """Virtual authenticators of one page. At most three keys that sign in alone fit into each."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")

    def add(self, **options: Any) -> str:
        """Plug one in: by default a platform's, as a phone or a laptop has it, whose user is verified and present at once."""
        chosen = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            "defaultBackupEligibility": True,
            "defaultBackupState": True,
        } | options
        return self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": chosen})["authenticatorId"]

    def add_security_key(self, **options: Any) -> str:
        """Plug in a USB key that can't be copied."""
        bound = {"transport": "usb", "defaultBackupEligibility": False, "defaultBackupState": False}
        return self.add(**bound | options)

    def remove(self, authenticator: str) -> None:
        self._devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})

    def credentials(self, authenticator: str) -> list[dict[str, Any]]:
        return self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]

    def put(self, authenticator: str, credential: dict[str, Any]) -> None:
        """Put a key in, as it was read elsewhere: a copy."""
        self._devtools.send("WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": credential})

    def clear(self, authenticator: str) -> None:
        self._devtools.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})

    def user_is_verified(self, authenticator: str, *, verified: bool) -> None:
        told = {"authenticatorId": authenticator, "isUserVerified": verified}
        self._devtools.send("WebAuthn.setUserVerified", told)

    def user_is_present(self, authenticator: str, *, present: bool) -> None:
        told = {"authenticatorId": authenticator, "enabled": present}
        self._devtools.send("WebAuthn.setAutomaticPresenceSimulation", told)


def _json(credential_id: str, response: dict[str, Any], **more: Any) -> str:
    return json.dumps({"id": credential_id, "rawId": credential_id, "type": "public-key", "response": response, **more})


def _private(algorithm: int) -> Any:
    match algorithm:
        case -8:
            return ed25519.Ed25519PrivateKey.generate()
        case -257:
            return rsa.generate_private_key(65537, 2048)
        case -48:
            return mldsa.MLDSA44PrivateKey.generate()
        case -49:
            return mldsa.MLDSA65PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def _cose(made: Credential) -> dict[int, Any]:
    public = made.private.public_key()
    match made.algorithm:
        case -8:
            return {1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()}
        case -257:
            numbers = public.public_numbers()
            return {1: 3, 3: -257, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}
        case -48 | -49:
            return {1: 7, 3: made.algorithm, -1: public.public_bytes_raw()}
    numbers = public.public_numbers()
    return {1: 2, 3: made.algorithm, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}


def _sign(private: Any, algorithm: int, data: bytes) -> bytes:
    match algorithm:
        case -257:
            return private.sign(data, padding.PKCS1v15(), SHA256())
        case -8 | -48 | -49:
            return private.sign(data)
    return private.sign(data, ec.ECDSA(SHA256()))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
