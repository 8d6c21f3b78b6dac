from collections.abc import Iterator
from pathlib import Path

import flask_babel
import pytest
from flask import Flask

import idp.tables  # noqa: F401 - defines the tables
from idp.db import Database
from tests.support.approving import Approving


@pytest.fixture(autouse=True)
def _in_an_app() -> Iterator[None]:
    """Texts and addresses come from Flask."""
    app = Flask("test")
    flask_babel.Babel(app)
    app.add_url_rule("/approvals/<request_id>/state", "push.state", lambda: "")
    with app.test_request_context():
        yield


@pytest.fixture
def approving(database: Database, tmp_path: Path) -> Approving:
    return Approving(database, tmp_path)
