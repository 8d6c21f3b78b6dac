"""Settings of strong authentication: who needs it, how guesses are slowed, and each method's own."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from config.shared import AbsolutePath, Origin, Port, Strict
from config.tuning import DAY, MINUTE, Seconds

_SECRET_LENGTH = 32


class Attempts(Strict):
    """Wrong answers to one method of one account: a handful is free, then each costs waiting time, then another method is asked for."""

    free: Annotated[int, Field(ge=1, le=10)] = 5
    """So many wrong answers in a row cost nothing."""
    base_delay: Annotated[int, Field(ge=1)] = 30
    """Seconds to wait after that; they double each time."""
    blocked_after: Annotated[int, Field(ge=2, le=100)] = 10
    """From so many on the method isn't accepted any more, until another method succeeds or `forget_after` has passed."""
    forget_after: Seconds = DAY
    """Without an attempt for so long, everything is forgotten."""


class WebAuthn(Strict):
    """Passkeys and security keys (Web Authentication Level 3)."""

    attestation: Literal["none", "direct", "required"] = "none"
    """Whether an authenticator is asked what it is; people see a question of their browser about it. `direct`: one that proves it by
    `roots` counts as hardware (AAL3), all others as ordinary. `required`: only those are accepted."""
    roots: AbsolutePath | None = None
    """Folder of PEM files: the certificates of makers whose attestations are trusted."""
    allowed_aaguids: tuple[UUID, ...] = ()
    """Only these models of authenticators; none: all. Without `required`, what an authenticator says of its model is believed."""
    timeout: Annotated[int, Field(ge=30, le=600)] = 300
    """Seconds that a person has to touch the key."""

    @model_validator(mode="after")
    def _check_attestation(self) -> Self:
        if self.attestation == "none" and (self.roots or self.allowed_aaguids):
            raise ValueError(
                "strong.webauthn.roots and allowed_aaguids need attestation = direct or required: browsers hide the model otherwise."
            )
        if self.attestation == "required" and self.roots is None:
            raise ValueError(
                "strong.webauthn.attestation = required needs roots: name the folder of trusted certificates."
            )
        return self


class Push(Strict):
    """Approval on a phone or another browser (RFC 8030, RFC 8291, RFC 8292)."""

    request_seconds: Annotated[int, Field(ge=30, le=300)] = 120
    """How long a request can be answered."""
    requests_per_hour: Annotated[int, Field(ge=1, le=60)] = 3
    """That weren't approved, of whoever has proven the password in one browser; more would be a nuisance, and an attack."""
    hosts: tuple[str, ...] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
        "*.push.apple.com",
    )
    """Push services that browsers may name; a leading `*.` stands for one or more labels."""


Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...],
    BeforeValidator(lambda value: value.split(",") if isinstance(value, str) else value),
]
"""Addresses or networks (CIDR); in a variable, several are separated by commas."""


class Certificate(Strict):
    """Signing in with a certificate in the browser (mutual TLS), at an address of its own that asks for one."""

    address: Origin | None = None
    """`https://…`, the address that asks browsers for a certificate; none: the method isn't offered. The demo and test profiles have one
    ten ports above the provider's: PORT_BASE + 10."""
    port: Port | None = None
    """Where the provider's own listener for it listens; none: the port of `address`. Behind `proxies` there is no such listener."""
    issuers: tuple[AbsolutePath, ...] | None = None
    """PEM files: the issuing authorities whose certificates are accepted. They are read again when they change. None: the certificate
    service's of the demo and test profiles, `certificates/issuing.pem` in DATA_DIR."""
    only_step: bool = False
    """Whether a certificate signs in by itself, without a password: then it counts as two factors, like a passkey that has verified its user.
    Only where certificates are kept behind a PIN, on cards for example; browsers guard theirs by nothing."""
    when_unchecked: Literal["refuse", "allow"] = "refuse"
    """What becomes of a certificate when neither OCSP nor a revocation list says whether it was revoked."""
    check_seconds: Annotated[float, Field(gt=0, le=10)] = 2.0
    """How long each of the two may take."""
    remember: Annotated[int, Field(ge=0, le=DAY)] = MINUTE
    """Seconds for which "not revoked" is believed without asking again, if it doesn't say itself that it ends earlier."""
    proxies: Networks = ()
    """Reverse proxies that ask for the certificate in the provider's place, and hand it over in the header `X-Client-Certificate`: the secret
    below, a space, the certificate (docs/proxies.md). From anybody else that header is refused."""
    proxy_secret: SecretStr | None = None
    """What proves that the proxy has written the header, and not somebody whose own header it has passed on: 32 characters or more, as
    of `openssl rand -hex 32`. Production needs it where there are `proxies`."""

    @property
    def listens_at(self) -> int | None:
        """The port of the provider's own listener; None: it has none."""
        if self.address is None or self.proxies:
            return None
        return self.port or urlsplit(self.address).port or 443

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.address and not self.address.startswith("https:"):
            raise ValueError(
                "strong.certificate.address begins with https://: it is TLS that certificates are shown in."
            )
        if self.proxy_secret is not None and len(self.proxy_secret.get_secret_value()) < _SECRET_LENGTH:
            raise ValueError("strong.certificate.proxy_secret is too short: take the output of `openssl rand -hex 32`.")
        return self


class Strong(Strict):
    """Strong authentication."""

    roles: tuple[str, ...] = ("administrator",)
    """Whoever has one of these roles always signs in with two factors."""
    required: bool = False
    """Everybody does, whatever their roles; who has no second factor yet sets one up at their first sign-in to a service."""
    trusted_browser: Seconds = 30 * DAY
    """How long a browser that a person trusts isn't asked for more than the password."""
    reset_waiting: Seconds = 3 * DAY
    """Who can't use any method any more waits for so long, while every address is told, before the password is enough again."""
    enrolment: Seconds = 15 * MINUTE
    """A method whose setting up was begun and not finished."""
    recovery_codes: Annotated[int, Field(ge=6, le=20)] = 10
    """Codes in a set."""
    alarm: Seconds = 7 * DAY
    """How long "It wasn't me" in a notice works."""
    attempts: Attempts = Attempts()
    webauthn: WebAuthn = WebAuthn()
    push: Push = Push()
    certificate: Certificate = Certificate()
