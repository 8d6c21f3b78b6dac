from pathlib import Path

import pytest
from flask import Flask

import idp.accounts.models  # noqa: F401 - defines the tables
from idp.db import Database
from tests.support.account_pages import Visitor, make_app
from tests.support.people import People, quick_settings


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People(database, quick_settings(tmp_path))


@pytest.fixture
def app(people: People) -> Flask:
    return make_app(people, people.accounts.settings)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())
