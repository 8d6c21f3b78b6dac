"""Clients that are registered by configuration rather than with the CLI, and the people of a demonstration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.secrets import shared_secret
from config.shared import Strict, located_api

AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
Level = Literal["aal1", "aal2", "aal3"]
StrongMethod = Literal["totp", "webauthn", "push", "recovery_codes", "certificate"]
Grant = Literal["authorization_code", "refresh_token", "client_credentials"]

_SECRET_METHODS = {"client_secret_basic", "client_secret_post"}


class ConfiguredClient(Strict):
    """One client; its key in `clients` is its `client_id`. Names as in OpenID Connect Dynamic Client Registration 1.0 section 2.

    An address that begins with "/" lies at the service of that name (`services`).
    """

    name: str
    """What people see: "to continue to …"."""
    redirect_uris: tuple[str, ...] = ()
    """Where authorization answers may go; compared exactly."""
    post_logout_redirect_uris: tuple[str, ...] = ()
    """Where the browser may go after signing out."""
    backchannel_logout_uri: str | None = None
    """Where logout tokens go (OpenID Connect Back-Channel Logout 1.0 section 2.2)."""
    initiate_login_uri: str | None = None
    """The service's own door: where "open this service" leads."""
    logo_uri: str | None = None
    """Picture beside the name."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    """What it may ask for."""
    audiences: tuple[str, ...] = ()
    """APIs that its access tokens may be for (RFC 9068 section 3). One like `dashboard:/api` lies at the service of that name."""
    grants: tuple[Grant, ...] = ("authorization_code",)
    """How it may get tokens."""
    auth_method: AuthMethod = "client_secret_basic"
    """How it proves who it is at the token endpoint."""
    secret: SecretStr | None = None
    """Its secret, where it is handed in by a variable."""
    secret_file: Path | None = None
    """File with its secret, relative to DATA_DIR; made by whichever side starts first. Default: `secrets/<client_id>.secret`."""
    jwks_uri: str | None = None
    """Its public keys, for `private_key_jwt`."""
    default_acr_values: tuple[Level, ...] = ()
    """How strongly people have to sign in when a request doesn't say, the preferred level first; less than the weakest of these is
    never enough (NIST SP 800-63B-4)."""
    allowed_methods: tuple[StrongMethod, ...] = ()
    """Methods of strong authentication that count for it; none: all do."""
    first_party: bool = False
    """Run by the same organization: people aren't asked for consent."""

    @model_validator(mode="after")
    def _check_authentication(self) -> Self:
        if self.auth_method not in _SECRET_METHODS and (self.secret or self.secret_file):
            raise ValueError(f"auth_method {self.auth_method} uses no secret: remove secret and secret_file.")
        if self.secret and self.secret_file:
            raise ValueError("secret and secret_file are both set: keep one.")
        if self.auth_method == "private_key_jwt" and not self.jwks_uri:
            raise ValueError("auth_method private_key_jwt needs jwks_uri: say where the client's public keys are.")
        if "authorization_code" in self.grants and not self.redirect_uris:
            raise ValueError("the grant authorization_code needs redirect_uris: name at least one.")
        return self

    def located(self, client_id: str, services: Mapping[str, str], data_dir: Path) -> Self:
        """Return it with absolute addresses and an absolute `secret_file`; `services` are the bases of relative addresses."""
        service = services.get(client_id)

        def absolute(address: str | None) -> str | None:
            if address is None or not address.startswith("/"):
                return address
            if service is None:
                raise ValueError(
                    f"client {client_id} has the relative address {address}: set services.{client_id} to its base."
                )
            return service + address

        changes: dict[str, object] = {
            name: absolute(getattr(self, name)) for name in ("backchannel_logout_uri", "initiate_login_uri", "logo_uri")
        }
        changes["audiences"] = tuple(located_api(address, services) for address in self.audiences)
        for name in ("redirect_uris", "post_logout_redirect_uris"):
            changes[name] = tuple(absolute(address) for address in getattr(self, name))
        if self.auth_method in _SECRET_METHODS and self.secret is None:
            changes["secret_file"] = data_dir / (self.secret_file or f"secrets/{client_id}.secret")
        return self.model_copy(update=changes)

    def read_secret(self) -> str | None:
        """Return the client's secret, making its file on first use; None for methods without one. Raises ConfigError."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        return shared_secret(self.secret_file) if self.secret_file else None


class DemoPerson(Strict):
    """An invented account holder."""

    username: str
    """What they sign in with."""
    name: str
    """Full name."""
    email: str
    """Confirmed address."""
    roles: tuple[str, ...] = ()
    """Roles beyond an account holder's."""
    password: SecretStr = Field(default=SecretStr("demo-PASSWORD-1"))
    """Public knowledge, which is why such people exist on loopback only."""


ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,100}$")]
