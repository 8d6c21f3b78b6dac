"""Fixtures that every kind of test shares."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import nacl.pwhash.argon2id
import pytest

import idp.tables
from idp.db import Database, Model
from keys import KeyStore, rotation
from tests.support.clock import TurnedClock
from tests.support.postgres import Postgres
from tests.support.provider import ProviderUnderTest, make_provider

# A slow machine is no failure of what is tested; and what runs before a merge is the same each time.
hypothesis.settings.register_profile("everywhere", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "everywhere")


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """A database on PostgreSQL with every table; whoever fills it empties it."""
    url = postgres.database()
    _create_tables(_on_psycopg(url))
    return url


@pytest.fixture(scope="session")
def migrated_on_postgresql(postgres: Postgres) -> str:
    """A database on PostgreSQL that the first provider to use it migrates."""
    return postgres.database()


@pytest.fixture
def provider_database(postgres: Postgres, migrated_on_postgresql: str) -> Iterator[str]:
    """The address of an empty database on PostgreSQL for a provider."""
    yield migrated_on_postgresql
    postgres.empty(migrated_on_postgresql)


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table, to copy."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with every table, once on each engine."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_tables'), tmp_path / 'test.db')}")
        yield made
        made.close()
    else:
        url = request.getfixturevalue("postgres_tables")
        made = Database(_on_psycopg(url))
        yield made
        made.close()
        request.getfixturevalue("postgres").empty(url)


def _on_psycopg(url: str) -> str:
    return url.replace("postgresql:", "postgresql+psycopg:")


def _create_tables(url: str) -> None:
    made = Database(url)
    engine = made.engine()
    Model.metadata.create_all(engine)
    engine.dispose()
    made.close()


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made once: an RSA key takes a moment."""
    folder = tmp_path_factory.mktemp("keys") / "keys"
    rotation.ensure(KeyStore(folder), TurnedClock().now)
    return folder


@pytest.fixture
def idp(tmp_path: Path, clock: TurnedClock, key_folder: Path) -> Iterator[ProviderUnderTest]:
    """A provider on SQLite with the demo people."""
    shutil.copytree(key_folder, tmp_path / "keys")
    provider = make_provider(tmp_path, clock)
    yield ProviderUnderTest(provider, clock)
    provider.core.database.close()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects every look at a password, in the hash function itself."""
    calls: list[str] = []
    real = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: calls.append("look") or real(*given))
    return calls
