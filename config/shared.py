"""The settings that all programs of one installation have in common. Each program's own model builds on `SharedSettings`."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from config.errors import ConfigError
from config.files import check_private

SERVICE_PORTS = {"dashboard": 1, "pairing": 2, "certificates": 3, "filing": 4}
"""The relying parties that come with the provider, and where each listens, counted from PORT_BASE."""

ACCOUNT = "account"
"""Who the provider is when it writes to people's inbox; no client has this `client_id`."""

CONTRACT_VARIABLES = frozenset({"PORT_BASE", "DATA_DIR", "ISSUER", "TLS_CERT", "TLS_KEY"})
"""Variables without a prefix that every program reads."""


class Strict(BaseModel):
    """Base of all settings: unknown keys are refused, and nothing changes after start."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host` (a name or an address)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_origin(address: str) -> str:
    """Return `address` if it is an absolute http(s) address that paths can be appended to; http is only for loopback."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(f"{address} isn't an address like https://login.example.org: write it with scheme and host.")
    if address.endswith("/") or "?" in address or "#" in address:
        raise ValueError(f"{address} must not have a trailing slash, a query or a fragment: remove that part.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            f"{address} would send passwords in clear over a network: use https, http is only for loopback."
        )
    return address


def check_search(address: str) -> str:
    """Return `address` if it is an https address with one place for the words that are searched for."""
    if not address.startswith("https://") or address.count("{query}") != 1:
        raise ValueError(
            f"{address} must begin with https:// and have {{query}} in it once: that is where the words go."
        )
    return address


def check_color(color: str) -> str:
    """Return `color` if it is written as `#rgb` or `#rrggbb`."""
    if not re.fullmatch(r"#([0-9a-fA-F]{3}){1,2}", color):
        raise ValueError(f"{color!r} isn't a colour: write it like #1f4fa3.")
    return color


def located_api(address: str, services: Mapping[str, str]) -> str:
    """Return an API's address; one like `pairing:/api` lies at the service of that name."""
    name, _, path = address.partition(":")
    if not path.startswith("/") or path.startswith("//"):
        return address
    if name not in services:
        raise ValueError(f"{address} is an API of a service that isn't known: set services.{name} to its base.")
    return services[name] + path


Origin = Annotated[str, AfterValidator(check_origin)]
Port = Annotated[int, Field(ge=1, le=65535)]
AbsolutePath = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


class Brand(Strict):
    """What the installation is called and how it looks; nothing in the code repeats these names."""

    account: str = "IP Account"
    """The account that people sign in with."""
    portal: str = "IP Portal"
    """The dashboard and inbox."""
    ca: str = "Customer CA"
    """The certificate authority."""
    organization: str = "Office of Ideas"
    """Who runs it."""
    accent: Annotated[str, AfterValidator(check_color)] = "#1f4fa3"
    """Colour of buttons and links, `#rrggbb`; shades for contrast are derived from it."""
    logo: Path | None = None
    """Picture file (SVG, PNG or WebP); none: a neutral mark."""
    contact: str = "help@example.org"
    """Address that people write to when nothing else helps."""


class SharedSettings(Strict):
    """What every program must agree on. Variables: those of the contract as they are, the others as `IDP_<FIELD>`."""

    profile: Literal["demo", "test", "production"]
    """Which profile was chosen with `PROFILE`."""
    port_base: Annotated[int, Field(ge=1, le=65000)] = 8000
    """`PORT_BASE`: the provider listens here, the services on the ports after it."""
    data_dir: AbsolutePath = Field(default=Path("var"), validate_default=True)
    """`DATA_DIR`: database, keys, secrets, logs. Deleting it resets everything."""
    issuer: Origin = Field(default_factory=lambda data: f"http://localhost:{data['port_base']}")
    """`ISSUER`: the provider's public address (OpenID Connect Discovery 1.0 section 3)."""
    tls_cert: AbsolutePath | None = None
    """`TLS_CERT`: PEM file with the certificate chain; then the program serves TLS itself."""
    tls_key: AbsolutePath | None = None
    """`TLS_KEY`: PEM file with the certificate's private key."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many reverse proxies stand in front; that many entries of `X-Forwarded-*` are believed."""
    brand: Brand = Brand()
    """Names, colour and logo."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("en",)
    """Languages that pages are offered in (BCP 47), the default one first."""
    services: dict[str, Origin] = Field(
        default_factory=lambda data: _services_beside(data["issuer"], data["port_base"])
    )
    """Public address of each relying party, for menus and for its registration. Beside an issuer on loopback they are known."""

    @property
    def tls_files(self) -> tuple[Path, Path] | None:
        """The certificate chain and its key, when the program serves TLS itself."""
        return (self.tls_cert, self.tls_key) if self.tls_cert and self.tls_key else None

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError(
                "TLS_CERT and TLS_KEY belong together: set both, or neither behind a proxy that speaks TLS."
            )
        for name, file in (("TLS_CERT", self.tls_cert), ("TLS_KEY", self.tls_key)):
            if file is not None and not file.is_file():
                raise ValueError(f"{name} is {file}, which isn't a file: correct the path.")
        if self.tls_cert and not self.issuer.startswith("https:"):
            raise ValueError(
                f"TLS_CERT is set but ISSUER is {self.issuer}: begin it with https, or unset TLS_CERT and TLS_KEY."
            )
        if self.tls_key is not None:
            try:
                check_private(self.tls_key)
            except ConfigError as error:
                raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _check_reach(self) -> Self:
        if self.profile == "production":
            if self.issuer.startswith("https:") and self.tls_cert is None and self.trusted_proxies == 0:
                raise ValueError(
                    "ISSUER is https without TLS_CERT, so a proxy stands in front and everybody would seem to come from its"
                    " address: set IDP_TRUSTED_PROXIES to the number of proxies, or set TLS_CERT and TLS_KEY."
                )
        elif not (is_loopback(self.host) and is_loopback(urlsplit(self.issuer).hostname or "")):
            raise ValueError(
                f"The {self.profile} profile has known passwords and works on loopback only:"
                " set PROFILE=production, or let ISSUER and IDP_HOST name localhost."
            )
        return self


def _services_beside(issuer: str, port_base: int) -> dict[str, str]:
    parts = urlsplit(issuer)
    if not is_loopback(parts.hostname or ""):
        return {}
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return {name: f"{parts.scheme}://{host}:{port_base + offset}" for name, offset in SERVICE_PORTS.items()}
