"""Which requests are taken: those whose sender has the key, and whose key is good."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from keys.ca import Profile, RefusedRequestError
from keys.ca.requests import LARGEST, checked, key_fingerprint

from .conftest import request_of

PROFILE = Profile()


def refused(sent: bytes, **more: Any) -> str:
    with pytest.raises(RefusedRequestError) as caught:
        checked(sent, PROFILE, **more)
    return caught.value.reason


def _private(p: int, q: int) -> rsa.RSAPrivateKey:
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _is_prime(number: int) -> bool:
    return all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and pow(2, number - 1, number) == 1


def _close_primes() -> rsa.RSAPrivateKey:
    p = rsa.generate_private_key(65537, 3072).private_numbers().p
    q = p + 2
    while not _is_prime(q) or (q - 1) % 65537 == 0:
        q += 2
    return _private(p, q)


def _broken_chip() -> rsa.RSAPrivateKey:
    """Primes as the broken library made them: k·M + (65537^a mod M), M the product of small primes."""
    import secrets
    from math import prod

    from keys.ca.requests import _ROCA_PRIMES

    modulus = 2 * prod(_ROCA_PRIMES)

    def prime() -> int:
        while True:
            k, a = (
                secrets.randbits(1536 - modulus.bit_length()) | 3 << 1534 - modulus.bit_length(),
                secrets.randbits(62),
            )
            found = k * modulus + pow(65537, a, modulus)
            if found.bit_length() == 1536 and _is_prime(found):
                return found

    return _private(prime(), prime())


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: rsa.generate_private_key(65537, 3072),
    ],
    ids=["P-256", "P-384", "RSA-3072"],
)
def test_good_keys(make: Any) -> None:
    key = make()
    public = checked(request_of(key, algorithm=SHA384()), PROFILE)
    assert key_fingerprint(public) == key_fingerprint(key.public_key())
    assert refused(request_of(key), known_keys={key_fingerprint(public)}) == "reused"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: ec.generate_private_key(ec.SECP521R1()), "kind"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "kind"),
        (lambda: rsa.generate_private_key(65537, 2048), "weak"),
        (lambda: rsa.generate_private_key(3, 3072), "weak"),
        (_close_primes, "weak"),
        (_broken_chip, "weak"),
    ],
    ids=["P-521", "secp256k1", "RSA-2048", "exponent 3", "close primes", "ROCA"],
)
def test_keys_that_will_not_do(make: Any, reason: str) -> None:
    assert refused(request_of(make())) == reason


def test_other_algorithms() -> None:
    from cryptography import x509

    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    sent = builder.sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(Encoding.DER)
    assert refused(sent) == "signature"


def test_only_who_has_the_key_gets_a_certificate() -> None:
    sent = bytearray(_der(request_of(ec.generate_private_key(ec.SECP256R1()))))
    sent[-1] ^= 1
    assert refused(bytes(sent)) == "signature"
    # Another's key in one's own request.
    other = _der(request_of(ec.generate_private_key(ec.SECP256R1())))
    mine = _der(request_of(ec.generate_private_key(ec.SECP256R1())))
    point = mine.index(b"\x03\x42\x00\x04")
    there = other.index(b"\x03\x42\x00\x04")
    assert refused(mine[:point] + other[there : there + 68] + mine[point + 68 :]) == "signature"


@pytest.mark.parametrize(
    "sent", [b"", b"x", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n", b"0" * (LARGEST + 1), b"\x30\x00"]
)
def test_what_is_no_request(sent: bytes) -> None:
    assert refused(sent) == "malformed"


def _der(pem: bytes) -> bytes:
    from cryptography import x509

    return x509.load_pem_x509_csr(pem).public_bytes(Encoding.DER)
