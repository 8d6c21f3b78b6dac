"""The front door of `config`: one function for each kind of program, and the names that others use.

    settings = load_provider()                    # the identity provider
    settings = load_relying_party("dashboard")    # a service

`PROFILE` chooses the profile (`demo` unless set) and `CONFIG_FILE` may name a TOML file of one's own. Precedence, lowest first:
defaults, profile, `CONFIG_FILE`, environment. A file has the tables `[shared]`, `[provider]` and one for each service.
"""

import os
from collections.abc import Mapping

from config.certificates import CertificateAuthority
from config.clients import ConfiguredClient, DemoPerson
from config.errors import ConfigError
from config.loading import build, merged, read_files, read_variables
from config.provider import ProviderSettings
from config.relying_party import RelyingPartySettings
from config.shared import CONTRACT_VARIABLES, SERVICE_PORTS, Brand, SharedSettings
from config.tuning import (
    Keys,
    Lifetimes,
    Limit,
    Mail,
    Metrics,
    Outbound,
    Passwords,
    ProofOfWorkSettings,
    RateLimits,
    Relay,
)

__all__ = [
    "Brand",
    "CertificateAuthority",
    "ConfigError",
    "ConfiguredClient",
    "DemoPerson",
    "Keys",
    "Lifetimes",
    "Limit",
    "Mail",
    "Metrics",
    "Outbound",
    "Passwords",
    "ProofOfWorkSettings",
    "ProviderSettings",
    "RateLimits",
    "Relay",
    "RelyingPartySettings",
    "load_provider",
    "load_relying_party",
]

PROVIDER = "provider"
PREFIX = "IDP_"
SECTIONS = (PROVIDER, *SERVICE_PORTS)


def load_provider(environ: Mapping[str, str] | None = None) -> ProviderSettings:
    """Return the provider's settings from files and `environ` (default: the process's); raises ConfigError."""
    environ = os.environ if environ is None else environ
    values = merged(read_files(PROVIDER, environ, SECTIONS), read_variables(environ, PREFIX))
    return build(ProviderSettings, merged(values, _contract(environ, "DATABASE_URL")), program="the provider")


def load_relying_party(name: str, environ: Mapping[str, str] | None = None) -> RelyingPartySettings:
    """Return the settings of the service `name`; its own variables begin with its name: `DASHBOARD_PORT`. Raises ConfigError."""
    environ = os.environ if environ is None else environ
    if name not in SERVICE_PORTS:
        raise ConfigError(f"{name!r} isn't a service: choose one of {', '.join(SERVICE_PORTS)}.")
    # IDP_ variables reach all programs; those that only the provider knows are none of a service's business.
    common = {
        key: value for key, value in read_variables(environ, PREFIX).items() if key in SharedSettings.model_fields
    }
    values = merged(read_files(name, environ, SECTIONS), common)
    values = merged(values, read_variables(environ, f"{name.upper()}_"))
    return build(RelyingPartySettings, {**merged(values, _contract(environ)), "name": name}, program=name)


def _contract(environ: Mapping[str, str], *more: str) -> dict[str, str]:
    """Return the variables that stand without a prefix; they win over the same setting with one."""
    return {name.lower(): environ[name] for name in (*CONTRACT_VARIABLES, *more) if environ.get(name)}
