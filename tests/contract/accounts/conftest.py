"""A database with every table. TEST_POSTGRES_URL adds PostgreSQL; its tables are made anew each time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import idp.accounts.models
import idp.audit.models
import idp.notify.models
import idp.web.models  # noqa: F401 - these define the tables
from idp.db import Database, Model
from tests.support.people import People, quick_settings

_POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", *(["postgresql"] if _POSTGRES else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}" if request.param == "sqlite" else _POSTGRES)
    engine = database.engine()
    Model.metadata.drop_all(engine)
    Model.metadata.create_all(engine)
    engine.dispose()
    yield database
    database.close()


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People(database, quick_settings(tmp_path))
