"""Settings of the certificate authority: what its certificates are like, where it is heard, how long its answers hold."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.shared import Strict
from config.tuning import DAY, Seconds

HOUR = 3600


class CertificateAuthority(Strict):
    """The Customer CA, which the certificate service is."""

    lifetime: Annotated[int, Field(ge=DAY, le=3 * 365 * DAY)] = 730 * DAY
    """How long a certificate is good."""
    renew_before: Seconds = 60 * DAY
    """From so long before its end it can be renewed, and reminders are sent 60, 30 and 7 days before."""
    key_kinds: Annotated[tuple[Literal["P-256", "P-384", "RSA-3072"], ...], Field(min_length=1)] = (
        "P-256",
        "P-384",
        "RSA-3072",
    )
    """Keys that certificates may have; RSA-3072 stands for 3072 to 4096 bits."""
    base: str = ""
    """Where revocation lists, OCSP and the authority's own certificates are found, as written into certificates: an http address that
    everybody reaches, for good. None: the service's own address."""
    list_seconds: Annotated[int, Field(ge=HOUR)] = 7 * DAY
    """How long a revocation list holds; a new one is signed at once when something is revoked, and after half of this."""
    answer_seconds: Annotated[int, Field(ge=60)] = 12 * HOUR
    """How long an OCSP answer holds."""
    pick_up: Seconds = 30 * DAY
    """How long an approved request can be picked up."""
    sealing_keys: Annotated[tuple[SecretStr, ...], Field(repr=False)] = ()
    """Root keys that seal the authority's private keys, the present one first; none: a file in DATA_DIR/keys."""

    @model_validator(mode="after")
    def _check_base(self) -> Self:
        if self.base and (not self.base.startswith("http://") or self.base.endswith("/")):
            raise ValueError(
                "ca.base begins with http:// and has no slash at its end: what is there is signed, and checked without TLS."
            )
        if self.renew_before >= self.lifetime:
            raise ValueError("ca.renew_before is as long as ca.lifetime: make it shorter.")
        return self
