"""`idp db` and `idp audit`: the schema, and whether the audit trail is whole."""

import click

from idp import audit as trail
from idp import schema
from idp.commands.shared import as_json, core, show


@click.group("db")
def db_group() -> None:
    """The database."""


@db_group.command("upgrade")
@as_json
def upgrade(*, as_json: bool) -> None:
    """Bring the database to the newest migration."""
    with core() as made:  # every command does it; this one says so
        show({"revision": schema.current(made.database), "newest": schema.newest()}, as_json=as_json)


@click.group("audit")
def audit_group() -> None:
    """The audit trail."""


@audit_group.command("verify")
@as_json
def verify(*, as_json: bool) -> None:
    """Check the chain of hashes; exit 1 and name the first event that doesn't fit."""
    with core() as made:
        broken = trail.verify(made.database.read())
        show({"whole": broken is None, "first_broken": broken}, as_json=as_json)
        if broken is not None:
            raise SystemExit(1)
