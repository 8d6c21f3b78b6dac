"""The public document of the key ring (RFC 7517 section 5)."""

from functools import lru_cache

import orjson

from keys.ring import Key, KeyRing, public_members


@lru_cache(maxsize=4)
def document(ring: KeyRing) -> bytes:
    """Return the JWK Set as JSON; computed once for each ring, whose `version` serves as its ETag."""
    return orjson.dumps({"keys": [_public(key) for key in ring.keys]})


def _public(key: Key) -> dict[str, str]:
    return {"kid": key.kid, "use": "sig", "alg": key.alg, **public_members(key.private.public_key())}
