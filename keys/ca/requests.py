"""What people's browsers ask with: PKCS#10 requests (RFC 2986), judged by checks in their order. Pure.

Of a request only the public key counts: the name is the account's, and extensions that it asks for are passed over.
"""

import hashlib
from collections.abc import Callable, Container, Sequence
from math import isqrt

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from config.parsing import refusing
from keys.ca.profile import Profile

LARGEST = 16 * 1024
"""Bytes of a request."""
_RSA_BITS = range(3072, 4097)
_EXPONENT = 65537
_HASHES = (SHA256, SHA384, SHA512)
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384"}
# ROCA (CVE-2017-15361): the modulus of a key from a broken chip is a power of 65537 modulo each of these.
_ROCA_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
_FERMAT_STEPS = 100


class RefusedRequestError(Exception):
    """Why there will be no certificate for a request: `reason` is `malformed`, `signature`, `kind`, `weak` or `reused`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Check = Callable[[x509.CertificateSigningRequest], None]


def checked(sent: bytes, profile: Profile, *, known_keys: Container[str] | None = None) -> CertificatePublicKeyTypes:
    """Return the public key of a request, PEM or DER; raises RefusedRequestError.

    `known_keys` are fingerprints (`key_fingerprint`) of keys that no new certificate may have.
    """
    request = _parsed(sent)
    for check in _checks(profile, known_keys or ()):
        check(request)
    return request.public_key()


def key_fingerprint(key: CertificatePublicKeyTypes) -> str:
    """Return the SHA-256 of a public key, in hexadecimal: the same key has the same one wherever it turns up."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _checks(profile: Profile, known_keys: Container[str]) -> Sequence[Check]:
    def kind(request: x509.CertificateSigningRequest) -> None:
        if _kind(request.public_key()) not in profile.key_kinds:
            raise RefusedRequestError("kind")

    def reused(request: x509.CertificateSigningRequest) -> None:
        if key_fingerprint(request.public_key()) in known_keys:
            raise RefusedRequestError("reused")

    # Whoever can't prove that the key is theirs isn't told anything about it.
    return (_proof, kind, _strength, reused)


def _parsed(sent: bytes) -> x509.CertificateSigningRequest:
    if len(sent) > LARGEST:
        raise RefusedRequestError("malformed")
    with refusing(lambda: RefusedRequestError("malformed")):
        is_pem = sent.lstrip().startswith(b"-----BEGIN")
        request = x509.load_pem_x509_csr(sent) if is_pem else x509.load_der_x509_csr(sent)
        # Parsed only when they are asked for.
        request.public_key(), request.subject, request.extensions, request.signature_algorithm_oid
    return request


def _proof(request: x509.CertificateSigningRequest) -> None:
    """Proof of possession (RFC 2986 section 3): signed by the key itself, with a hash that holds."""
    with refusing(lambda: RefusedRequestError("signature")):
        if not isinstance(request.signature_hash_algorithm, _HASHES) or not request.is_signature_valid:
            raise RefusedRequestError("signature")


def _kind(key: CertificatePublicKeyTypes) -> str:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, "")
    return "RSA-3072" if isinstance(key, rsa.RSAPublicKey) else ""


def _strength(request: x509.CertificateSigningRequest) -> None:
    """RSA keys of a good size and exponent that are none of the known broken kinds (NIST SP 800-57, Fermat, ROCA)."""
    key = request.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return
    numbers = key.public_numbers()
    good = key.key_size in _RSA_BITS and numbers.e == _EXPONENT
    if not good or numbers.n % 2 == 0 or _primes_are_close(numbers.n) or _is_from_broken_chip(numbers.n):
        raise RefusedRequestError("weak")


def _primes_are_close(modulus: int) -> bool:
    """Whether a few steps of Fermat's method factor it."""
    root = isqrt(modulus)
    root += root * root < modulus
    for step in range(_FERMAT_STEPS):
        rest = (root + step) ** 2 - modulus
        if isqrt(rest) ** 2 == rest:
            return True
    return False


def _is_from_broken_chip(modulus: int) -> bool:
    return all(_powers(prime) >> modulus % prime & 1 for prime in _ROCA_PRIMES)


def _powers(prime: int) -> int:
    """Return the powers of 65537 modulo a prime as bits."""
    power, found = 1, 0
    while not found >> power & 1:
        found |= 1 << power
        power = power * _EXPONENT % prime
    return found
