"""A relying party's tables are what its models say, on both engines, however many workers start at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine

import clients.sso.models  # noqa: F401  fills the metadata
from clients.sso import schema
from clients.sso.db import Model


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return create_engine(f"sqlite:///{tmp_path / 'rp.db'}")
    return create_engine(request.getfixturevalue("postgres").database().replace("postgresql:", "postgresql+psycopg:"))


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": schema.VERSION_TABLE})
        assert compare_metadata(context, Model.metadata) == []
    engine.dispose()


def test_two_programs_start_at_once(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    code = (
        f"from sqlalchemy import create_engine; from clients.sso import schema; schema.upgrade(create_engine({url!r}))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]

    assert [process.wait(30) for process in started] == [0, 0]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM sso_session").scalar_one() == 0
    engine.dispose()
