"""What `idp serve` and `idp worker` refuse, each with a sentence that says what to do."""

import base64

import pytest

from tests.unit.commands.conftest import CommandLine

ROOT_KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PRODUCTION = {
    "PROFILE": "production",
    "ISSUER": "https://login.example.org",
    "IDP_SEALING_KEYS": ROOT_KEY,
    "IDP_MAIL__HOST": "mail.example.org",
    "IDP_MAIL__SENDER": "account@example.org",
    "IDP_TRUSTED_PROXIES": "1",
    "IDP_SERVICES__DASHBOARD": "https://portal.example.org",
    "IDP_SERVICES__PAIRING": "https://pairing.example.org",
    "IDP_SERVICES__CERTIFICATES": "https://certificates.example.org",
    "IDP_SERVICES__FILING": "https://filing.example.org",
    # Were everything right, it would serve: so the last thing is always wrong.
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "The database can't be used"),
        ({"IDP_SEALING_KEYS": ""}, "IDP_SEALING_KEYS"),
        ({"IDP_SEALING_KEYS": "short"}, "32 bytes"),
        ({"IDP_TRUSTED_PROXIES": "0"}, "IDP_TRUSTED_PROXIES"),
        ({"IDP_MAIL__HOST": ""}, "IDP_MAIL__HOST"),
        ({"IDP_MAIL__USERNAME": "x"}, "IDP_MAIL__PASSWORD"),
        ({"ISSUER": "http://login.example.org"}, "https"),
        ({"ISSUER": "https://login.example.org/"}, "slash"),
        ({"IDP_SERVICES__DASHBOARD": "http://portal.example.org"}, "https"),
        ({"IDP_SERVICES__DASHBOARD": ""}, "services.dashboard"),
        ({"DATABASE_URL": "", "IDP_WORKERS": "2"}, "PostgreSQL"),
        ({"TLS_CERT": "/nowhere/tls.crt"}, "TLS_KEY"),
        ({"TLS_CERT": "/nowhere/tls.crt", "TLS_KEY": "/nowhere/tls.key"}, "isn't a file"),
        ({"IDP_MIAL__HOST": "x"}, "mial isn't a setting"),
        ({"PROFILE": "demo"}, "loopback"),
        ({"PROFILE": "demo", "ISSUER": "http://localhost:8000", "IDP_HOST": "0.0.0.0"}, "loopback"),
        ({"PROFILE": "test", "ISSUER": "http://localhost:8000", "IDP_HOST": "::"}, "loopback"),
    ],
)
def test_unsafe_settings(idp: CommandLine, changes: dict[str, str], said: str) -> None:
    environ = PRODUCTION | changes
    if environ["PROFILE"] != "production":
        environ = {name: value for name, value in environ.items() if not name.startswith("IDP_SERVICES")}
    answer = idp.refusal("serve", **environ)
    assert said in answer
    assert ROOT_KEY not in answer
    if changes:
        assert idp.refusal("worker", **environ) == answer


def test_run_is_not_for_production(idp: CommandLine) -> None:
    assert "idp serve and idp worker" in idp.refusal("run", **PRODUCTION)
