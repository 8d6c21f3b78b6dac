"""A relying party's database: Flask-SQLAlchemy on SQLite or PostgreSQL. Tables are made by migrations (`schema`)."""

import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase

from clients.sso import schema

BUSY_SECONDS = 15


class Model(DeclarativeBase):
    """Base of every table of every relying party."""


db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def connect(app: Flask, name: str, migrations: Path | None = None) -> None:
    """Bind `db` to the app's database and bring its tables to this version: those of signing in, then the service's own."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # A PostgreSQL that was restarted has closed the connections that are kept here.
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_pre_ping": url.get_backend_name() != "sqlite"})
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _set_pragmas)
        schema.upgrade(db.engine)
        if migrations:
            schema.upgrade(db.engine, migrations, f"{name}_version")


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
