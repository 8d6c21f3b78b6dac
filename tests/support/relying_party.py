"""A relying party's application in the test's own process, on an SQLite file of its own."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import create_engine, make_url

from clients.sso import schema
from config.settings import RelyingPartySettings


def start(create: Callable[[RelyingPartySettings], Flask], settings: RelyingPartySettings) -> Flask:
    """Return the application; its migrations run once in this process, for a thousand tests begin with it."""
    database = Path(str(make_url(settings.database_url).database))
    database.touch(0o600)
    database.write_bytes(_migrated(Path(str(sys.modules[create.__module__].__file__)).parent))
    return create(settings)


@cache
def _migrated(program: Path) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        engine = create_engine(f"sqlite:///{path}")
        schema.upgrade(engine)
        schema.upgrade(engine, program / "migrations", f"{program.name}_version")
        engine.dispose()
        return path.read_bytes()
