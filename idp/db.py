"""The provider's database: one engine, SQLite or PostgreSQL, and one way to write to it.

Models are Flask-SQLAlchemy's and serve pages that read. Every write, and every statement of a hot endpoint, is plain SQL on the
connection that its thread keeps: a compiled statement there costs 8 µs, through a Core transaction 114, through the ORM 440.
Here is no SQL of any domain; each package's `store.py` holds its own.
"""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg.rows import dict_row
from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase

Row = Mapping[str, Any]

BUSY_SECONDS = 15
"""How long a writer waits for SQLite's single write lock before it gives up."""

DatabaseUnavailable = (psycopg.OperationalError, sqlite3.OperationalError)
"""What is raised when the database can't be reached, or not in time."""


class Model(DeclarativeBase):
    """Base of every table. Constraint names are fixed, so that migrations can name them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True, session_options={"autoflush": False})


class _Connection(Protocol):
    """What SQLite's and PostgreSQL's connections have in common (PEP 249)."""

    def execute(self, sql: Any, parameters: Any = ..., /) -> Any: ...  # noqa: ANN401
    def close(self) -> None: ...


class Tx:
    """A connection on which a store runs its statements: `:name` parameters, rows read by column name.

    A PostgreSQL that was restarted has closed it, which shows when a statement fails. Outside a transaction nothing is lost with it:
    `connect` makes another, and the statement runs there. Inside one, the error goes up, and the whole of `write()` has failed.
    """

    __slots__ = ("_connect", "_connection", "_translate", "writing")

    def __init__(self, connect: Callable[[], _Connection], translate: Callable[[str], str]) -> None:
        self._connect = connect
        self._connection = connect()
        self._translate = translate
        self.writing = False

    def __del__(self) -> None:
        # A thread that ends takes its connection with it.
        self.close()

    def one(self, sql: str, **parameters: object) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, **parameters: object) -> Sequence[Row]:
        """Return every row."""
        rows: Sequence[Row] = self._execute(sql, parameters).fetchall()
        return rows

    def run(self, sql: str, **parameters: object) -> int:
        """Execute, and return how many rows it touched."""
        count: int = self._execute(sql, parameters).rowcount
        return count

    def roll_back(self) -> None:
        """End the transaction; a connection that is gone has taken it along."""
        if self._gone():
            return
        try:
            self._connection.execute("ROLLBACK")
        except psycopg.OperationalError:
            self._connection.close()

    def close(self) -> None:
        """Close the connection."""
        if (connection := getattr(self, "_connection", None)) is not None:
            connection.close()

    def _execute(self, sql: str, parameters: dict[str, object]) -> Any:  # noqa: ANN401
        try:
            return self._connection.execute(self._translate(sql), parameters)
        except psycopg.OperationalError as error:
            if self.writing or not self._lost(error):
                raise
        self._connection.close()
        self._connection = self._connect()
        return self._connection.execute(self._translate(sql), parameters)

    def _lost(self, error: psycopg.OperationalError) -> bool:
        # The server's farewell (SQLSTATE class 57P) can come before the end of the connection shows.
        return self._gone() or (error.sqlstate or "").startswith("57P")

    def _gone(self) -> bool:
        return bool(getattr(self._connection, "closed", False))


class Database:
    """The framework-neutral side: each thread has one connection, in autocommit, that statements are prepared on.

    `url` is SQLAlchemy's (`sqlite:///file` or `postgresql+psycopg://…`). Both engines end up with the same guarantees: what
    `write()` has left is durable (WAL with synchronous=FULL on SQLite), and writers on SQLite queue instead of failing,
    because each transaction takes the write lock when it begins.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._local = threading.local()
        self._begin = "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"
        self._translate: Callable[[str], str] = _same if self.is_sqlite else _pyformat
        # One lock around SQLite's writers of this process: they would only poll for the file's lock otherwise (+15 % measured).
        self._writer = threading.Lock() if self.is_sqlite else _NoLock()

    def read(self) -> Tx:
        """Return the thread's connection; each statement sees what was committed when it began.

        Inside `write()` on the same thread it is the same connection, so it sees the open transaction's own changes.
        """
        tx: Tx | None = getattr(self._local, "tx", None)
        if tx is None:
            tx = self._local.tx = Tx(self._connect, self._translate)
        return tx

    def attach(self, connection: Tx | None) -> None:
        """Give this thread a connection that `detach` took from another one; with None it makes its own when it needs one."""
        self._local.tx = connection

    def detach(self) -> Tx | None:
        """Take the thread's connection away and return it, for the next thread that answers a request."""
        tx: Tx | None = getattr(self._local, "tx", None)
        self._local.tx = None
        return tx

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Tx]:
        """Run the block in one transaction; an exception rolls it back. A `write()` inside another one joins it.

        With `durable=False` it doesn't wait for the disk: the program's crash loses nothing, a power cut may lose the last instant
        (and nothing is left half done). Only for what a person can simply begin again.
        """
        tx = self.read()
        if tx.writing:
            yield tx
            return
        with self._writer:
            if not durable and self.is_sqlite:
                tx.run("PRAGMA synchronous=NORMAL")
            tx.run(self._begin)
            tx.writing = True
            try:
                if not durable and not self.is_sqlite:
                    tx.run("SET LOCAL synchronous_commit = off")
                yield tx
            except BaseException:
                tx.roll_back()
                raise
            else:
                tx.run("COMMIT")
            finally:
                tx.writing = False
                if not durable and self.is_sqlite:
                    tx.run("PRAGMA synchronous=FULL")

    def engine(self) -> Engine:
        """Return a SQLAlchemy engine with the same connection settings, for migrations and tests."""
        engine = create_engine(self.url)
        configure_engine(engine)
        return engine

    def close(self) -> None:
        """Close this thread's connection."""
        tx: Tx | None = getattr(self._local, "tx", None)
        if tx is not None:
            tx.close()
        self._local.__dict__.clear()

    def _connect(self) -> _Connection:
        if self.is_sqlite:
            path = str(self.url.database)
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=512
            )
            connection.row_factory = sqlite3.Row
            _set_pragmas(connection)
            return connection
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True, row_factory=dict_row, prepare_threshold=2)


def configure_engine(engine: Engine) -> None:
    """Give SQLAlchemy's own SQLite connections the pragmas that ours have."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _set_pragmas(connection))


def _set_pragmas(connection: sqlite3.Connection) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "cache_size=-2048",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _NoLock:
    """PostgreSQL serialises rows itself."""

    def __enter__(self) -> None: ...
    def __exit__(self, *_exc: object) -> None: ...


def _same(sql: str) -> str:
    return sql


@lru_cache(maxsize=1024)
def _pyformat(sql: str) -> str:
    """Write `:name` as psycopg's `%(name)s`; a `::cast` is left alone."""
    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))
