"""What a program learns from files and variables, and what it refuses to start with."""

import base64
from pathlib import Path

import pytest

from config.settings import ConfigError, load_provider, load_relying_party

ROOT = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
PRODUCTION = {
    "PROFILE": "production",
    "ISSUER": "https://login.example.org",
    "IDP_TRUSTED_PROXIES": "1",
    "IDP_SEALING_KEYS": ROOT,
    "IDP_MAIL__HOST": "mail.example.org",
    "IDP_MAIL__SENDER": "account@example.org",
    "IDP_SERVICES__DASHBOARD": "https://portal.example.org",
    "IDP_SERVICES__PAIRING": "https://pairing.example.org",
    "IDP_SERVICES__CERTIFICATES": "https://certificates.example.org",
    "IDP_SERVICES__FILING": "https://filing.example.org",
}


def refusal(environ: dict[str, str], name: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        load_relying_party(name, environ) if name else load_provider(environ)
    return str(caught.value)


def test_needs_nothing_to_start_a_demonstration(tmp_path: Path) -> None:
    settings = load_provider({"DATA_DIR": str(tmp_path)})

    assert settings.issuer == "http://localhost:8000"
    assert settings.port == 8000
    assert settings.database_url == f"sqlite:///{tmp_path}/idp.db"
    assert (settings.mail.host, settings.mail.port) == ("127.0.0.1", 8026)
    assert [person.username for person in settings.demo_people] == ["alice", "bob", "olga", "finn", "admin"]
    assert {person.password.get_secret_value() for person in settings.demo_people} == {"demo-PASSWORD-1"}


def test_every_address_follows_the_first_port() -> None:
    settings = load_provider({"PORT_BASE": "9100"})

    assert settings.issuer == "http://localhost:9100"
    assert settings.clients["pairing"].redirect_uris == ("http://localhost:9102/callback",)
    assert settings.mailbox_port == 9125
    assert load_relying_party("dashboard", {"PORT_BASE": "9100"}).base_url == "http://localhost:9101"


def test_later_sources_win(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[provider]\nworkers = 2\nblocking_threads = 4\n[provider.lifetimes]\naccess_token = 60\n")
    environ = {"PROFILE": "test", "CONFIG_FILE": str(file), "IDP_BLOCKING_THREADS": "6"}

    settings = load_provider(environ)

    assert settings.passwords.memory_kib == 64  # profile
    assert settings.workers == 2  # file
    assert settings.blocking_threads == 6  # environment
    assert settings.lifetimes.access_token == 60
    assert settings.lifetimes.id_token == 300  # what a table doesn't mention keeps its default


def test_variables_reach_nested_settings_and_take_json() -> None:
    settings = load_provider({"IDP_KEYS__ALGORITHMS": '["ES256"]', "IDP_CLIENTS__DASHBOARD__FIRST_PARTY": "false"})

    assert settings.keys.algorithms == ("ES256",)
    assert settings.clients["dashboard"].first_party is False


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_provider({"TLS_CERT": "", "DATABASE_URL": "", "IDP_WORKERS": ""}).workers == 1


@pytest.mark.parametrize("spelling", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_any_spelling_of_postgresql_gets_the_installed_driver(spelling: str) -> None:
    assert load_provider({"DATABASE_URL": f"{spelling}u:p@h/n"}).database_url == "postgresql+psycopg://u:p@h/n"


def test_settings_do_not_show_secrets() -> None:
    shown = repr(
        load_provider(PRODUCTION | {"DATABASE_URL": "postgresql://u:hunter2@h/n", "IDP_MAIL__PASSWORD": "hunter2"})
    )

    assert "hunter2" not in shown


def test_production_starts_when_complete() -> None:
    settings = load_provider(PRODUCTION)

    assert settings.clients["dashboard"].backchannel_logout_uri == "https://portal.example.org/backchannel-logout"
    assert settings.demo_people == ()
    assert settings.outbound.allow_private is False


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"IDP_LIFETIME": "1"}, "lifetime isn't a setting"),
        ({"IDP_LIFETIMES__ACCES_TOKEN": "1"}, "lifetimes.acces_token isn't a setting"),
        ({"IDP_LIFETIMES__ACCESS_TOKEN": "-1"}, "lifetimes.access_token"),
        ({"IDP_LIFETIMES__SESSION_IDLE": "999999"}, "session_idle is longer than session_absolute"),
        ({"PORT_BASE": "none"}, "port_base"),
        ({"PROFILE": "prod"}, "set it to one of demo, test, production"),
        ({"CONFIG_FILE": "/nowhere.toml"}, "/nowhere.toml"),
        ({"ISSUER": "http://login.example.org"}, "use https"),
        ({"ISSUER": "http://localhost:8000/"}, "trailing slash"),
        ({"ISSUER": "http://localhost:8000?x"}, "query"),
        ({"ISSUER": "http://localhost:8000#x"}, "fragment"),
        ({"ISSUER": "localhost:8000"}, "scheme"),
        ({"ISSUER": "https://login.example.org"}, "works on loopback only"),
        ({"IDP_HOST": "0.0.0.0"}, "works on loopback only"),
        ({"PROFILE": "test", "IDP_HOST": "::"}, "works on loopback only"),
        ({"TLS_CERT": "/etc/hostname"}, "belong together"),
        ({"TLS_KEY": "/etc/hostname"}, "belong together"),
        ({"TLS_CERT": "/nowhere", "TLS_KEY": "/nowhere", "ISSUER": "https://localhost"}, "isn't a file"),
        ({"TLS_CERT": "/etc/hostname", "TLS_KEY": "/etc/hostname"}, "begin it with https"),
        ({"DATABASE_URL": "mysql://h/n"}, "database"),
        ({"IDP_BRAND__ACCENT": "blue"}, "isn't a colour"),
        ({"IDP_MAIL": "x", "IDP_MAIL__HOST": "y"}, "unset one of them"),
    ],
)
def test_refuses_to_start_and_says_what_to_do(environ: dict[str, str], words: str) -> None:
    assert words in refusal(environ)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("IDP_SEALING_KEYS", "set IDP_SEALING_KEYS"),
        ("IDP_MAIL__HOST", "set IDP_MAIL__HOST"),
        ("IDP_TRUSTED_PROXIES", "set IDP_TRUSTED_PROXIES"),
        ("IDP_SERVICES__PAIRING", "set services.pairing"),
    ],
)
def test_production_refuses_what_is_incomplete(missing: str, words: str) -> None:
    assert words in refusal({name: value for name, value in PRODUCTION.items() if name != missing})


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"IDP_SEALING_KEYS": "c2hvcnQ"}, "32 bytes"),
        ({"IDP_MAIL__USERNAME": "u"}, "IDP_MAIL__PASSWORD"),
        ({"IDP_WORKERS": "2"}, "set DATABASE_URL to PostgreSQL"),
        ({"IDP_DEMO_PEOPLE": '[{"username": "a", "name": "A", "email": "a@example.org"}]'}, "remove them"),
        ({"IDP_CLIENTS__X": '{"name": "X"}'}, "needs redirect_uris"),
        ({"IDP_CLIENTS__X": '{"name": "X", "grants": [], "auth_method": "none", "secret": "s"}'}, "uses no secret"),
        ({"IDP_CLIENTS__X": '{"name": "X", "grants": [], "auth_method": "private_key_jwt"}'}, "needs jwks_uri"),
    ],
)
def test_production_refuses_what_is_unsafe(extra: dict[str, str], words: str) -> None:
    assert words in refusal(PRODUCTION | extra)


def test_a_refusal_does_not_repeat_a_secret() -> None:
    assert "hunter2" not in refusal(PRODUCTION | {"IDP_SEALING_KEYS": "hunter2"})


def test_a_file_with_settings_outside_a_section_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("workers = 2\n")

    assert "put settings under [shared] or [provider]" in refusal({"CONFIG_FILE": str(file)})


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("workers = \n")

    assert "isn't valid TOML" in refusal({"CONFIG_FILE": str(file)})


def test_provider_and_service_find_the_same_secret(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path)}

    secret = load_relying_party("pairing", environ).read_client_secret()

    assert load_provider(environ).clients["pairing"].read_secret() == secret


def test_a_service_shares_what_all_agree_on_and_has_variables_of_its_own() -> None:
    environ = {
        "IDP_BRAND__PORTAL": "Portal",
        "IDP_WORKERS": "4",
        "DASHBOARD_PORT": "7000",
        "DATABASE_URL": "postgresql://h/idp",
    }

    settings = load_relying_party("dashboard", environ)

    assert settings.brand.portal == "Portal"
    assert settings.port == 7000
    assert settings.database_url.endswith("/dashboard.db")


def test_a_service_refuses_too() -> None:
    assert "colour isn't a setting" in refusal({"PAIRING_COLOUR": "x"}, "pairing")
    assert "isn't a service" in refusal({}, "nothing")
    without = {name: value for name, value in PRODUCTION.items() if name != "IDP_SERVICES__PAIRING"}
    assert "set PAIRING_BASE_URL" in refusal(without, "pairing")
