"""Settings of a relying party: a service that signs people in at the provider and keeps no passwords."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.certificates import CertificateAuthority
from config.creditors import Creditor
from config.provider import DatabaseUrl
from config.secrets import shared_secret
from config.shared import SERVICE_PORTS, AbsolutePath, Origin, Port, SharedSettings, check_search, located_api

SearchName = Annotated[str, Field(pattern="^(patent|brand|design)$")]


class RelyingPartySettings(SharedSettings):
    """What one service can be told, as `<NAME>_<FIELD>`; what all programs agree on is shared with the provider."""

    name: str
    """Which service this is; its table in a settings file and the prefix of its variables."""
    port: Port = Field(default_factory=lambda data: data["port_base"] + SERVICE_PORTS[data["name"]])
    """Port to listen on."""
    base_url: Origin = Field(default_factory=lambda data: data["services"].get(data["name"], ""))
    """Its own public address; `services` has it unless a variable says otherwise."""
    database_url: DatabaseUrl = Field(
        default_factory=lambda data: f"sqlite:///{data['data_dir'] / data['name']}.db", repr=False
    )
    """Its own database, which nobody else reads."""
    client_id: str = Field(default_factory=lambda data: data["name"])
    """Who it is at the provider."""
    client_secret: SecretStr | None = None
    """Its secret there; none: `client_secret_file`."""
    client_secret_file: AbsolutePath = Field(default_factory=lambda data: _secret_file(data, "secret"))
    """Shared with the provider; made by whichever side starts first."""
    session_secret: SecretStr | None = None
    """Root of what protects its cookies and the tokens it keeps; none: `session_secret_file`."""
    session_secret_file: AbsolutePath = Field(default_factory=lambda data: _secret_file(data, "session"))
    """Its own; made at first start."""
    senders: dict[str, str] = Field(default_factory=dict)
    """What people call the services that write to them, by `client_id`; one without a name here goes by its `client_id`."""
    security_senders: tuple[str, ...] = ()
    """Services (`client_id`) that may send notices about security, which nobody can mute and which always go by mail too."""
    creditors: dict[str, Creditor] = Field(default_factory=dict)
    """Whom people pay for the invoices of a service, by its `client_id`; of one without, people are sent to its invoice for the account."""
    apis: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """APIs that it calls for people, with the scope that it needs there. One like `pairing:/api` lies at the service of that name."""
    databases: dict[SearchName, Annotated[str, AfterValidator(check_search)]] = Field(default_factory=dict)
    """Public databases that the portal's searches open: an address with `{query}` where the words go. Without one there is no such search."""
    ca: CertificateAuthority = CertificateAuthority()
    """The certificate authority, for the service that is one."""
    session_idle: int = Field(default=2 * 3600, gt=0)
    """Seconds after which an unused session ends here; the provider may still know the person, so nothing is typed again."""
    session_absolute: int = Field(default=12 * 3600, gt=0)
    """Seconds after which any session ends here."""

    @model_validator(mode="after")
    def _locate_apis(self) -> Self:
        located = {located_api(address, self.services): scopes for address, scopes in self.apis.items()}
        object.__setattr__(self, "apis", located)
        return self

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if not self.base_url:
            raise ValueError(
                f"base_url is missing: set {self.name.upper()}_BASE_URL to the public address of this service."
            )
        return self

    @property
    def serves_tls(self) -> bool:
        """Whether this program speaks TLS itself."""
        return self.tls_cert is not None and self.base_url.startswith("https:")

    def read_client_secret(self) -> str:
        """Return the secret that proves this client; raises ConfigError."""
        return self.client_secret.get_secret_value() if self.client_secret else shared_secret(self.client_secret_file)

    def read_session_secret(self) -> str:
        """Return the root secret of this service; raises ConfigError."""
        return (
            self.session_secret.get_secret_value() if self.session_secret else shared_secret(self.session_secret_file)
        )


def _secret_file(data: dict[str, object], kind: str) -> Path:
    return Path(str(data["data_dir"])) / "secrets" / f"{data['name']}.{kind}"
