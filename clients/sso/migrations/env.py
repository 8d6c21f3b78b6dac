"""Alembic's entry point: runs migrations on the engine that `clients.sso.schema` hands over, under a lock of that database."""

from alembic import context
from sqlalchemy import Engine, text

import clients.sso.models  # noqa: F401  the import is what fills the metadata
from clients.sso.db import Model


def run(engine: Engine, version_table: str) -> None:
    """Run in one transaction: a migration that fails leaves nothing behind."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(7041777)"))
        context.configure(connection=connection, target_metadata=Model.metadata, version_table=version_table)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run(context.config.attributes["engine"], context.config.attributes["version_table"])
