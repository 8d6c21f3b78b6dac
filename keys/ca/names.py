"""Whose certificate it is: names as the account has them, in any script, with a Latin form beside it. Pure."""

import unicodedata
from dataclasses import dataclass

from anyascii import anyascii
from cryptography import x509
from cryptography.x509.oid import NameOID

_COMMON_NAME = 64
"""Characters (RFC 5280 appendix A.1, ub-common-name); the library, and others, count the bytes of UTF-8."""
_NAME = x509.ObjectIdentifier("2.5.4.41")
_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Person:
    """An account: its subject identifier, never given to anybody else, and its name. `issuer` is where it is an account."""

    issuer: str
    sub: str
    name: str

    @property
    def latin(self) -> str:
        """The name in Latin letters; the name itself when it has no others."""
        return latin(self.name)

    @property
    def uri(self) -> str:
        """The account as an address: what ties a certificate to it, beside issuer and serial number."""
        return account_uri(self.issuer, self.sub)


def account_uri(issuer: str, sub: str) -> str:
    """Return an account's address, as it stands in the subject alternative name (RFC 5280 section 4.2.1.6)."""
    return f"{issuer}/accounts/{sub}"


def latin(name: str) -> str:
    """Return a name in Latin letters: Владимир is Vladimir. Letters with accents are Latin ones, and stay."""
    text = unicodedata.normalize("NFC", name)
    made = "".join(one if _is_latin(one) else anyascii(one) for one in text)
    return " ".join(made.split())


def subject(person: Person) -> x509.Name:
    """Return the subject: common name, Latin form if it differs, and the account's identifier, which keeps namesakes apart."""
    name = person.name.strip() or person.sub
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, _cut(name, _COMMON_NAME))]
    if person.latin and person.latin != name:
        attributes.append(x509.NameAttribute(_NAME, _cut(person.latin, _LONGEST_NAME)))
    attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, _cut(person.sub, _COMMON_NAME)))
    return x509.Name(attributes)


def _is_latin(one: str) -> bool:
    return one.isascii() or (one.isalpha() and unicodedata.name(one, "").startswith("LATIN "))


def _cut(text: str, longest: int) -> str:
    """Return as much of a text as has room in so many bytes."""
    return text.encode()[:longest].decode(errors="ignore").strip()
