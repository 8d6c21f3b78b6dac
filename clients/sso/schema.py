"""The shape of a relying party's database: migrations of the tables that all of them share. Alembic is imported only when there is work.

Two programs keep apart what looks alike: the provider's `schema` hands its own kind of database over, and neither may import the other.
"""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "sso_version"


def upgrade(engine: Engine, folder: Path = MIGRATIONS, version_table: str = VERSION_TABLE) -> None:
    """Bring the tables of one folder of migrations to the newest; two workers at once do it one after the other."""
    newest = max(path.name[:4] for path in (folder / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
    if _current(engine, version_table) == newest:
        return
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder / "versions"))
    config.attributes.update(engine=engine, version_table=version_table)
    command.upgrade(config, "head")


def _current(engine: Engine, version_table: str) -> str:
    if not inspect(engine).has_table(version_table):
        return ""
    with engine.connect() as connection:
        return str(connection.execute(text(f"SELECT version_num FROM {version_table}")).scalar_one_or_none() or "")
