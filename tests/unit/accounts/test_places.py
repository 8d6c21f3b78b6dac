"""Names of places for network addresses, from a database made here."""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from config.errors import ConfigError
from idp.accounts.places import Places


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    file = tmp_path_factory.mktemp("geoip") / "cities.mmdb"
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, languages=["en", "fr"])
    geneva = {"city": {"names": {"en": "Geneva", "fr": "Genève"}}, "country": {"iso_code": "CH"}}
    writer.insert_network(IPSet(["192.0.2.0/24"]), geneva)
    writer.insert_network(IPSet(["2001:db8::/32"]), {"country": {"iso_code": "LB"}})
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"country": {"iso_code": "QQ"}})
    writer.to_db_file(str(file))
    return Places(file)


@pytest.mark.parametrize(
    ("ip", "locale", "name"),
    [
        ("192.0.2.7", "en", "Geneva, Switzerland"),
        ("192.0.2.7", "fr", "Genève, Suisse"),
        ("192.0.2.7", "pt-BR", "Geneva, Suíça"),
        ("2001:db8::1", "en", "Lebanon"),
        ("198.51.100.1", "en", "QQ"),
        ("203.0.113.1", "en", ""),
        ("no address", "en", ""),
        ("", "en", ""),
        (None, "en", ""),
    ],
)
def test_name(places: Places, ip: str | None, locale: str, name: str) -> None:
    assert places.name(ip, locale) == name


def test_the_address_stands_beside_it(places: Places) -> None:
    assert places.describe("192.0.2.7") == "Geneva, Switzerland (192.0.2.7)"
    assert places.describe("203.0.113.1") == "203.0.113.1"
    assert Places(None).describe("192.0.2.7") == "192.0.2.7"


def test_a_file_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"nothing")
    for name in ("broken.mmdb", "missing.mmdb"):
        with pytest.raises(ConfigError, match="IDP_GEOIP_DATABASE"):
            Places(tmp_path / name)
