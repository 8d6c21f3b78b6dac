"""The identity provider's settings."""

import re
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from config.clients import ClientId, ConfiguredClient, DemoPerson
from config.shared import ACCOUNT, AbsolutePath, Port, SharedSettings
from config.strong import Strong
from config.tuning import (
    Keys,
    Lifetimes,
    Mail,
    Metrics,
    Outbound,
    Passwords,
    ProofOfWorkSettings,
    RateLimits,
    Relay,
    SealingRoots,
)

MAILBOX_PORT = 25
SMTP_SINK_PORT = 26
CERTIFICATE_PORT = 10
RESERVED_USERNAMES = (
    *("abuse", "account", "admin", "administrator", "anonymous", "daemon", "guest", "help", "helpdesk", "hostmaster"),
    *("info", "mailer-daemon", "moderator", "nobody", "noreply", "officer", "operator", "owner", "postmaster", "root"),
    *("security", "service", "staff", "support", "sysadmin", "system", "team", "webmaster"),
)
"""RFC 2142's mailboxes, and what people take for the staff."""


def check_database_url(url: object) -> object:
    """Return SQLAlchemy's form of a database address: any spelling of PostgreSQL gets the driver that is installed here."""
    if not isinstance(url, str):
        return url
    url = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(
            "the database must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME: correct its address."
        )
    return url


DatabaseUrl = Annotated[str, BeforeValidator(check_database_url)]


class ProviderSettings(SharedSettings):
    """Everything that the identity provider can be told."""

    port: Port = Field(default_factory=lambda data: data["port_base"])
    """Port to listen on."""
    database_url: DatabaseUrl = Field(
        default_factory=lambda data: f"sqlite:///{data['data_dir'] / 'idp.db'}", repr=False
    )
    """`DATABASE_URL`: SQLite in DATA_DIR, or PostgreSQL when several workers or machines share it."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Processes; one for each core."""
    blocking_threads: Annotated[int, Field(ge=1, le=256)] = 8
    """Threads in each of them; more only fight for the interpreter's lock."""
    sealing_keys: SealingRoots = ()
    """Roots of what seals secrets at rest: the first one seals, all of them open. None: `keys/sealing.key` in DATA_DIR."""
    lifetimes: Lifetimes = Lifetimes()
    """How long things are good for."""
    passwords: Passwords = Field(default_factory=Passwords)
    """Hash and rules."""
    rate_limits: RateLimits = RateLimits()
    """Attempts and requests."""
    proof_of_work: ProofOfWorkSettings = ProofOfWorkSettings()
    """What unknown browsers are asked for while passwords are being guessed."""
    strong: Strong = Strong()
    """Strong authentication."""
    reserved_usernames: tuple[str, ...] = RESERVED_USERNAMES
    """Nobody signs up with one of these, or with what looks like one; `idp users add` may make them."""
    geoip_database: AbsolutePath | None = None
    """A MaxMind database of cities (`.mmdb`): then pages and notices name the place that a network address belongs to."""
    mail: Mail = Field(default_factory=lambda data: _mailbox(data) if data["profile"] != "production" else Mail())
    """Outgoing mail. The demo and test profiles bring a server of their own and show its mail at PORT_BASE + 25."""
    keys: Keys = Keys()
    """Life of the signing keys."""
    metrics: Metrics = Metrics()
    """Who may read `/metrics`."""
    outbound: Outbound = Outbound()
    """Calls to addresses that others chose."""
    relay: Relay = Relay()
    """Notices that services send to people through the provider."""
    clients: dict[ClientId, ConfiguredClient] = Field(default_factory=dict)
    """Clients registered here, by `client_id`; all others are registered with `idp clients add`."""
    demo_people: tuple[DemoPerson, ...] = ()
    """Accounts made at first start, for a demonstration on loopback."""

    @property
    def mailbox_port(self) -> int:
        """Where the demo mailbox shows what was sent."""
        return self.port_base + MAILBOX_PORT

    @property
    def has_mailbox(self) -> bool:
        """Whether outgoing mail goes to the demo mailbox instead of into the world."""
        return self.profile != "production"

    @model_validator(mode="after")
    def _check_production(self) -> Self:
        if self.profile != "production":
            return self
        if not self.sealing_keys:
            raise ValueError(
                "sealing_keys is missing: set IDP_SEALING_KEYS to the output of `openssl rand -base64 32 | tr '+/' '-_'`"
                " and keep a copy; without it sealed secrets can't be read again."
            )
        if self.mail.username and (self.mail.password is None or not self.mail.starttls):
            raise ValueError(
                "mail.username needs mail.password and mail.starttls: set IDP_MAIL__PASSWORD and leave encryption on."
            )
        if self.demo_people:
            raise ValueError("demo_people have a password that everybody knows: remove them in production.")
        return self

    @model_validator(mode="after")
    def _check_mail(self) -> Self:
        if not (self.mail.host and self.mail.sender):
            raise ValueError(
                "mail has no host or no sender: set IDP_MAIL__HOST and IDP_MAIL__SENDER, people confirm addresses by mail."
            )
        return self

    @model_validator(mode="after")
    def _check_sessions(self) -> Self:
        lives = self.lifetimes
        if lives.session_idle > lives.session_absolute:
            raise ValueError("lifetimes.session_idle is longer than session_absolute: make it shorter.")
        if lives.refresh_token > lives.refresh_family:
            raise ValueError("lifetimes.refresh_token is longer than refresh_family: make it shorter.")
        if self.workers > 1 and self.database_url.startswith("sqlite:") and self.profile == "production":
            raise ValueError(
                "several workers on SQLite wait for each other: set DATABASE_URL to PostgreSQL, or IDP_WORKERS to 1."
            )
        return self

    @model_validator(mode="after")
    def _locate_certificates(self) -> Self:
        """Complete what signing in with certificates needs: in the demo and test profiles it is all beside the provider."""
        found = self.strong.certificate
        if self.profile != "production":
            name = str(urlsplit(self.issuer).hostname)
            host = f"[{name}]" if ":" in name else name
            found = found.model_copy(
                update={
                    "address": found.address or f"https://{host}:{self.port + CERTIFICATE_PORT}",
                    "issuers": found.issuers
                    if found.issuers is not None
                    else (self.data_dir / "certificates" / "issuing.pem",),
                }
            )
        elif found.proxies and found.proxy_secret is None:
            raise ValueError(
                "strong.certificate.proxies needs proxy_secret: set IDP_STRONG__CERTIFICATE__PROXY_SECRET to the output of"
                " `openssl rand -hex 32`, and let the proxy write it before the certificate (docs/proxies.md)."
            )
        elif found.address and not found.issuers:
            raise ValueError(
                "strong.certificate.address needs issuers: name the PEM files of the authorities that are trusted."
            )
        elif found.listens_at and self.tls_cert is None:
            raise ValueError(
                "strong.certificate.address needs TLS: set TLS_CERT and TLS_KEY, or name the proxies that speak it"
                " in strong.certificate.proxies."
            )
        # A frozen model's own validator is the one place that may still complete it.
        object.__setattr__(self, "strong", self.strong.model_copy(update={"certificate": found}))
        return self

    @model_validator(mode="after")
    def _locate_clients(self) -> Self:
        if ACCOUNT in self.clients:
            raise ValueError(f"clients.{ACCOUNT} is the provider's own name: choose another one.")
        located = {
            client_id: client.located(client_id, self.services, self.data_dir)
            for client_id, client in self.clients.items()
        }
        # A frozen model's own validator is the one place that may still complete it.
        object.__setattr__(self, "clients", located)
        return self


def _mailbox(data: dict[str, Any]) -> Mail:
    return Mail(host="127.0.0.1", port=data["port_base"] + SMTP_SINK_PORT, starttls=False, sender="account@example.org")
