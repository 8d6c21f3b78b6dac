"""What certificates look like: lifetimes, kinds of keys, and the addresses that are written into them. Pure data."""

from dataclasses import dataclass
from typing import Literal

KeyKind = Literal["P-256", "P-384", "RSA-3072"]
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Profile:
    """Certificates for people. Times are seconds."""

    lifetime: int = 730 * DAY
    renew_before: int = 60 * DAY
    """From so long before its end a certificate can be renewed; the new one begins at once."""
    key_kinds: tuple[KeyKind, ...] = ("P-256", "P-384", "RSA-3072")
    """RSA-3072 stands for any RSA key of 3072 to 4096 bits."""
    backdate: int = 5 * 60
    """So much earlier certificates begin, for clocks that are late."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the authority is heard, as written into what it signs (RFC 5280 sections 4.2.1.13 and 4.2.2.1): plain http, below `base`.

    Plain, because whoever checks a certificate for TLS can't do it by TLS; everything there is signed.
    """

    base: str

    @property
    def ocsp(self) -> str:
        """OCSP responder."""
        return f"{self.base}/ocsp"

    @property
    def crl(self) -> str:
        """Revocation list of the issuing authority."""
        return f"{self.base}/ca/issuing.crl"

    @property
    def root_crl(self) -> str:
        """Revocation list of the root."""
        return f"{self.base}/ca/root.crl"

    @property
    def issuing(self) -> str:
        """The issuing authority's certificate."""
        return f"{self.base}/ca/issuing.cer"

    @property
    def root(self) -> str:
        """The root's certificate."""
        return f"{self.base}/ca/root.cer"
