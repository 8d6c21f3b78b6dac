"""Alembic's entry point: runs migrations on the database that `idp.schema` hands over, under a lock of that database."""

from alembic import context
from sqlalchemy import text

from idp.db import Database, Model
from idp.tables import IMPORTED

assert IMPORTED  # noqa: S101  the import is what fills the metadata


def run(database: Database) -> None:
    """Run in one transaction: a migration that fails leaves nothing behind."""
    engine = database.engine()
    with engine.connect() as connection:
        if database.is_sqlite:
            # Take the write lock before looking at the revision; the driver would begin a transaction only at the first change.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(7041776)"))
        context.configure(connection=connection, target_metadata=Model.metadata, render_as_batch=database.is_sqlite)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run(context.config.attributes["database"])
