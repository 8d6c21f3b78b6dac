"""An upgrade from six digits: what is on its way, and what lies in drawers, goes on working."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import idp.tables  # noqa: F401 - defines the tables
from idp import schema
from idp.accounts.proofs import Unproven
from idp.accounts.registration import Created
from idp.accounts.store import people as store
from idp.db import Database, Model
from keys import hashing
from tests.support.people import HERE, PASSWORD, People, quick_settings

MINE = {"account", "account_quota", "sign_in_failures", "confirmation", "factor_recovery_code"}


@pytest.fixture(params=["sqlite", "postgresql"])
def former(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the version before."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database().replace("postgresql:", "postgresql+psycopg:")
    database = Database(url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.attributes["database"] = database
    command.upgrade(config, "0005")
    yield database
    database.close()


def test_models_and_migrations_agree(former: Database) -> None:
    schema.upgrade(former)
    engine = former.engine()
    with engine.connect() as connection:
        differences: list[Any] = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    engine.dispose()
    assert not [each for each in differences if MINE & set(str(each).replace("'", " ").split())]


def test_links_and_recovery_codes_go_on_and_six_digits_end(former: Database, tmp_path: Path) -> None:
    people = People(former, quick_settings(tmp_path))
    now = people.now
    sealed = people.sealer.seal(
        b'{"name": "Carla", "username": "carla", "password_hash": "x", "locale": "en", "country": null,'
        b' "terms_accepted_at": 0, "next": ""}',
        purpose="confirmation",
    )
    with former.write() as tx:
        tx.run(
            "INSERT INTO confirmation (id, purpose, address, link_hash, code_hash, attempts, sent_at, sent_count, expires_at,"
            " created_at, data) VALUES ('c', 'sign_up', 'carla@example.org', :link, 'six', 0, :now, 1, :later, :now, :data)",
            link=hashing.digest("the link"),
            now=now,
            later=now + 100,
            data=sealed,
        )
    schema.upgrade(former)
    registration = people.accounts.registration
    assert registration.confirm_code("c", "123456", HERE) is Unproven.WRONG
    assert isinstance(registration.confirm_link("the link", HERE), Created)
    row = store.credentials_by_username(former.read(), "carla")
    assert row
    assert isinstance(people.create("dora", "dora@example.org", password=PASSWORD), str)


def test_of_names_that_look_alike_already_the_first_has_the_key(former: Database) -> None:
    with former.write() as tx:
        for number, username in enumerate(("alice", "a1ice", "bob")):
            tx.run(
                "INSERT INTO account (id, username, username_key, name, password_hash, password_changed_at, locale, status,"
                " terms_accepted_at, created_at, updated_at) VALUES (:id, :name, :name, 'x', 'x', 0, 'en', 'active', 0, 0, 0)",
                id=str(number),
                name=username,
            )
    schema.upgrade(former)
    keys = [row["confusable_key"] for row in former.read().all("SELECT confusable_key FROM account ORDER BY id")]
    assert keys == ["allce", None, "bob"]


def test_recovery_codes_are_marked_as_not_under_a_key(former: Database, tmp_path: Path) -> None:
    with former.write() as tx:
        tx.run(
            "INSERT INTO account (id, username, username_key, name, password_hash, password_changed_at, locale, status,"
            " terms_accepted_at, created_at, updated_at) VALUES ('a', 'a', 'a', 'a', 'x', 0, 'en', 'active', 0, 0, 0)"
        )
        tx.run(
            "INSERT INTO factor (id, account_id, method, name, created_at) VALUES ('f', 'a', 'recovery_codes', '', 0)"
        )
        tx.run("INSERT INTO factor_recovery_code (factor_id, code_hash) VALUES ('f', 'digest')")
    schema.upgrade(former)
    row = former.read().one("SELECT keyed FROM factor_recovery_code")
    assert row
    assert row["keyed"] == 0
