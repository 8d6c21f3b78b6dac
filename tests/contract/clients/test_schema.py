"""A relying party's tables are what its models say, on both engines, however many workers start at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine

import clients.certificates.models
import clients.dashboard.messages.models
import clients.filing.models
import clients.pairing.models
import clients.sso.models  # noqa: F401  all fill the metadata
from clients.certificates.app import MIGRATIONS as CERTIFICATES
from clients.dashboard.app import MIGRATIONS as DASHBOARD
from clients.filing.app import MIGRATIONS as FILING
from clients.pairing.app import MIGRATIONS as PAIRING
from clients.sso import schema
from clients.sso.db import Model


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'rp.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database().replace("postgresql:", "postgresql+psycopg:")
    made = create_engine(url)
    yield made
    made.dispose()


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    for _ in range(2):
        schema.upgrade(engine)
        schema.upgrade(engine, CERTIFICATES, "certificates_version")
        schema.upgrade(engine, DASHBOARD, "dashboard_version")
        schema.upgrade(engine, FILING, "filing_version")
        schema.upgrade(engine, PAIRING, "pairing_version")

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).endswith("_version")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, Model.metadata) == []


def test_who_was_signed_in_before_an_update_still_is(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.attributes.update(engine=engine, version_table=schema.VERSION_TABLE)
    command.upgrade(config, "0001")
    texts = ("id", "secret_hash", "sub", "name", "username", "email", "locale", "id_token")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO sso_session ({', '.join(texts)}, created_at, used_at) VALUES ({', '.join([repr('x')] * len(texts))}, 1, 1)"
        )

    schema.upgrade(engine)

    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT sub, acr, amr, auth_time FROM sso_session").one()
    assert tuple(kept) == ("x", "", "", 0)


def test_two_programs_start_at_once(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    code = (
        f"from sqlalchemy import create_engine; from clients.sso import schema; schema.upgrade(create_engine({url!r}))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]

    assert [process.wait(30) for process in started] == [0, 0]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM sso_session").scalar_one() == 0


def test_two_certificates_that_one_key_got_before_an_update_both_stay(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(CERTIFICATES / "versions"))
    config.attributes.update(engine=engine, version_table="certificates_version")
    command.upgrade(config, "0002")
    rows = "INSERT INTO certificate VALUES (%s, 'alice', 'Alice', 'en', %s, 'key', '', %s, 9, '', 0, '', 0)"
    with engine.begin() as connection:
        for number in range(3):
            connection.exec_driver_sql(rows % (f"'{number}'", f"'request-{number}'", number // 2))
    command.upgrade(config, "0003")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT serial, key_fingerprint FROM certificate ORDER BY serial").all()
    assert [tuple(one) for one in found] == [("0", "key"), ("1", "second 1"), ("2", "second 2")]
