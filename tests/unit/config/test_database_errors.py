"""A database that can't do it now, told apart from an error in our own SQL."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from config.database_errors import is_unavailable


def test_a_locked_database(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    holder.execute("CREATE TABLE x (y)")
    holder.execute("BEGIN EXCLUSIVE")
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}", connect_args={"timeout": 0})
    with pytest.raises(OperationalError) as caught, engine.begin() as connection:
        connection.execute(text("INSERT INTO x VALUES (1)"))
    assert is_unavailable(caught.value)
    holder.close()
    engine.dispose()


def test_a_full_disk() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("CREATE TABLE x AS SELECT randomblob(100000)")
    assert is_unavailable(caught.value)
    database.close()


def test_a_postgresql_that_is_away() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("host=127.0.0.1 port=1 connect_timeout=1")
    assert is_unavailable(caught.value)


def test_our_own_mistakes_are_none() -> None:
    database = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("SELECT nothing")
    assert not is_unavailable(caught.value)
    assert not is_unavailable(ValueError())
    database.close()
