"""Key management: the signing keys and their rotation, tokens signed and checked with them, secrets sealed at rest, digests.

Used by the provider, and by any program that keeps keys of its own. It knows neither Flask nor SQL, and no claim or client: what is
signed, and for whom, is decided by its callers. Times are seconds since the epoch, handed in by the caller.
"""

from keys.errors import BadSealError, BadToken, NoKeyError
from keys.ring import Key, KeyRing
from keys.sealing import Sealer
from keys.signer import Signer
from keys.store import KeyStore

__all__ = ["BadSealError", "BadToken", "Key", "KeyRing", "KeyStore", "NoKeyError", "Sealer", "Signer"]
