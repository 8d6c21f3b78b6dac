"""Which key signs and which verifies, and what keys are called."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from keys import KeyRing, NoKeyError
from keys.ring import generate, public_members, thumbprint

RFC_7638_MODULUS = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
    "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5ha"
    "jrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)


def test_names_a_key_by_its_thumbprint() -> None:
    """The example of RFC 7638 section 3.1."""
    modulus = int.from_bytes(base64.urlsafe_b64decode(RFC_7638_MODULUS + "=="), "big")
    public = rsa.RSAPublicNumbers(65537, modulus).public_key()

    assert thumbprint(public) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_coordinates_keep_their_leading_zeros() -> None:
    """RFC 7518 section 6.2.1.2: the length is the curve's, not the number's."""
    keys = [generate("ES256", published_at=0, active_from=0) for _ in range(300)]

    assert {len(public_members(key.private.public_key())["x"]) for key in keys} == {43}


def test_the_key_that_became_active_last_signs() -> None:
    old = generate("ES256", published_at=0, active_from=0)
    new = generate("ES256", published_at=50, active_from=100)
    ring = KeyRing([old, new], "1")

    assert ring.signing_key("ES256", 99) is old
    assert ring.signing_key("ES256", 100) is new
    assert ring.verifying_key(old.kid) is old
    assert ring.verifying_key("other") is None
    assert ring.newest("ES256") is new


@pytest.mark.parametrize("alg", ["RS256", "none", "HS256"])
def test_does_not_sign_with_what_it_has_no_key_for(alg: str) -> None:
    with pytest.raises(NoKeyError):
        KeyRing([generate("ES256", published_at=0, active_from=0)]).signing_key(alg, 0)
