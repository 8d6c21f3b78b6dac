"""The public document."""

from pathlib import Path

import orjson
from joserfc.jwk import KeySet

from keys import KeyStore, jwks, rotation


def test_shows_public_members_of_every_published_key(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    rotation.ensure(store, 0)
    ring = rotation.rotate(store, 10, publish_ahead=100, keep_after=100)

    document = orjson.loads(jwks.document(ring))

    assert {key["kid"] for key in document["keys"]} == {key.kid for key in ring.keys}
    assert {frozenset(key) for key in document["keys"]} == {
        frozenset({"kid", "use", "alg", "kty", "crv", "x", "y"}),
        frozenset({"kid", "use", "alg", "kty", "n", "e"}),
    }
    assert all(key.thumbprint() == key.kid for key in KeySet.import_key_set(document).keys)


def test_is_computed_once_for_each_ring(tmp_path: Path) -> None:
    ring = rotation.ensure(KeyStore(tmp_path), 0, ("ES256",))

    assert jwks.document(ring) is jwks.document(ring)
