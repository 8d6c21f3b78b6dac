"""A certificate authority for people's certificates (RFC 5280): its two keys, what it signs, and how it says what was revoked.

A root that signs one issuing authority and is needed for nothing else, and the issuing authority, which signs certificates, revocation
lists and OCSP answers. What is asked for is judged by `requests`, what is made is decided by `profile`; nothing in a request gets into a
certificate but its public key. It knows neither Flask nor SQL: who may have a certificate, and which there are, is decided by its callers.

Seam for hardware: `storage.open_or_make` is the only place that has private keys in hand. A PKCS#11 token would answer there.
"""

from keys.ca.authority import Authority, Order
from keys.ca.names import Person
from keys.ca.profile import Addresses, Profile
from keys.ca.requests import RefusedRequestError

__all__ = ["Addresses", "Authority", "Order", "Person", "Profile", "RefusedRequestError"]
