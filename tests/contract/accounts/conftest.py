from pathlib import Path

import pytest

from idp.db import Database
from tests.support.people import People, quick_settings


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People(database, quick_settings(tmp_path))
