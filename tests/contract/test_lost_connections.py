"""PostgreSQL cuts every connection, as when it is restarted: who comes next doesn't notice, who was in the middle has done nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from idp.db import Database
from tests.support.postgres import Postgres


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    made = Database(postgres.database().replace("postgresql:", "postgresql+psycopg:"))
    with made.write() as tx:
        tx.run("CREATE TABLE note (text TEXT PRIMARY KEY)")
    yield made
    made.close()


def notes(database: Database) -> list[str]:
    return [row["text"] for row in database.read().all("SELECT text FROM note ORDER BY text")]


def test_a_read(database: Database, postgres: Postgres) -> None:
    tx = database.read()
    for _often_enough_to_be_prepared in range(5):
        assert tx.one("SELECT :n AS n", n=1) == {"n": 1}
    postgres.restart_connections()
    assert tx.one("SELECT :n AS n", n=1) == {"n": 1}
    assert database.read() is tx


def test_a_write(database: Database, postgres: Postgres) -> None:
    postgres.restart_connections()
    with database.write() as tx:
        tx.run("INSERT INTO note VALUES ('kept')")
    assert notes(database) == ["kept"]


def test_in_the_middle_of_a_transaction_nothing_of_it_stays(database: Database, postgres: Postgres) -> None:
    def interrupted() -> None:
        with database.write() as tx:
            tx.run("INSERT INTO note VALUES ('lost')")
            postgres.restart_connections()
            # Run on a new connection, it would be a transaction without its first half.
            tx.run("INSERT INTO note VALUES ('half')")

    with pytest.raises(psycopg.OperationalError):
        interrupted()
    assert notes(database) == []
    with database.write() as tx:
        tx.run("INSERT INTO note VALUES ('after')")
    assert notes(database) == ["after"]


def test_an_exception_of_the_block_is_not_hidden_by_the_lost_connection(database: Database, postgres: Postgres) -> None:
    def refused() -> None:
        with database.write() as tx:
            postgres.restart_connections()
            with pytest.raises(psycopg.OperationalError):
                tx.one("SELECT 1")
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        refused()
    assert notes(database) == []


def test_other_errors_are_not_tried_again(database: Database) -> None:
    with database.write() as tx:
        tx.run("INSERT INTO note VALUES ('one')")
    with pytest.raises(psycopg.errors.UniqueViolation), database.write() as tx:
        tx.run("INSERT INTO note VALUES ('one')")
    with pytest.raises(psycopg.errors.QueryCanceled):
        database.read().all("SET statement_timeout = 20; SELECT pg_sleep(2)")


def test_a_server_that_is_away(database: Database, postgres: Postgres) -> None:
    assert notes(database) == []
    database.url = database.url.set(port=1)
    postgres.restart_connections()
    for _more_than_once in range(2):
        with pytest.raises(psycopg.OperationalError):
            notes(database)
    database.url = database.url.set(port=int(postgres.database().rpartition(":")[2].partition("/")[0]))
    assert notes(database) == []
