"""The address that asks for certificates: there by itself in a demonstration, and safe or refused in production."""

import base64
from pathlib import Path

import pytest

from config.settings import ConfigError, load_provider

PRODUCTION = {
    "PROFILE": "production",
    "ISSUER": "https://login.example.org",
    "IDP_TRUSTED_PROXIES": "1",
    "IDP_SEALING_KEYS": base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
    "IDP_MAIL__HOST": "mail.example.org",
    "IDP_MAIL__SENDER": "account@example.org",
    "IDP_SERVICES": '{"dashboard": "https://portal.example.org", "pairing": "https://pairing.example.org",'
    ' "certificates": "https://certificates.example.org", "filing": "https://filing.example.org"}',
}
ADDRESS = "IDP_STRONG__CERTIFICATE__ADDRESS"
PROXIES = "IDP_STRONG__CERTIFICATE__PROXIES"
SECRET = "IDP_STRONG__CERTIFICATE__PROXY_SECRET"
ISSUERS = "IDP_STRONG__CERTIFICATE__ISSUERS"


def test_a_demonstration_has_one(tmp_path: Path) -> None:
    found = load_provider({"DATA_DIR": str(tmp_path)}).strong.certificate
    assert (found.address, found.listens_at) == ("https://localhost:8010", 8010)
    assert found.issuers == (tmp_path / "certificates" / "issuing.pem",)
    assert (found.only_step, found.when_unchecked) == (False, "refuse")
    v6 = load_provider({"DATA_DIR": str(tmp_path), "ISSUER": "http://[::1]:8000", "PORT_BASE": "8100"})
    assert v6.strong.certificate.address == "https://[::1]:8110"


def test_production_has_none_unless_told() -> None:
    found = load_provider(PRODUCTION).strong.certificate
    assert (found.address, found.listens_at, found.issuers) == (None, None, None)


def test_behind_a_proxy_nothing_listens() -> None:
    told = {
        ADDRESS: "https://mtls.example.org",
        PROXIES: "10.0.0.2,fd00::/64",
        ISSUERS: '["/issuing.pem"]',
        SECRET: "0" * 64,
    }
    found = load_provider(PRODUCTION | told).strong.certificate
    assert found.listens_at is None
    assert [str(one) for one in found.proxies] == ["10.0.0.2/32", "fd00::/64"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({ADDRESS: "https://mtls.example.org"}, "name the PEM files"),
        (
            {ADDRESS: "https://mtls.example.org", ISSUERS: '["/issuing.pem"]'},
            "set TLS_CERT and TLS_KEY, or name the proxies",
        ),
        ({ADDRESS: "http://localhost:8010"}, "begins with https://"),
        ({PROXIES: "the proxy"}, "proxies"),
        ({ADDRESS: "https://mtls.example.org", PROXIES: "10.0.0.2", ISSUERS: '["/issuing.pem"]'}, "needs proxy_secret"),
        ({ADDRESS: "https://mtls.example.org", SECRET: "short"}, "proxy_secret is too short"),
    ],
)
def test_what_does_not_go_together(told: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_provider(PRODUCTION | told)
