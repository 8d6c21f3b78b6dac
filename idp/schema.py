"""The database's shape: which migration it is at, and bringing it to the newest. Alembic is imported only when there is work."""

from pathlib import Path

from idp.db import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """Return the newest revision; migrations are files `NNNN_what.py` whose revision is `NNNN`."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(database: Database) -> str:
    """Return the database's revision, empty for one that has no tables yet."""
    try:
        row = database.read().one("SELECT version_num FROM alembic_version")
    except Exception as error:
        if "alembic_version" in str(error):
            return ""
        raise
    return str(row["version_num"]) if row else ""


def is_current(database: Database) -> bool:
    """Tell whether the database is what this version of the program expects, for `/health/ready`."""
    return current(database) == newest()


def upgrade(database: Database) -> bool:
    """Bring the database to the newest revision; tell whether there was anything to do. Two processes at once do it one after the other."""
    if is_current(database):
        return False
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    command.upgrade(config, "head")
    return True
