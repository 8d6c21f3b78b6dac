"""`idp users`: people, as far as the command line goes."""

import click

from idp.commands.shared import actor, as_json, core, show, table
from keys import hashing


@click.group("users")
def group() -> None:
    """People with an account."""


@group.command("add")
@click.option("--username", required=True)
@click.option("--name", required=True, help="Full name.")
@click.option("--email", required=True, help="You vouch for it: no confirmation is asked.")
@click.option("--password", default=None, help="Default: a random one, printed once.")
@click.option("--locale", default="en", show_default=True)
@click.option("--role", "roles", multiple=True, help="Such as administrator. Repeatable.")
@as_json
def add(
    *, username: str, name: str, email: str, password: str | None, locale: str, roles: tuple[str, ...], as_json: bool
) -> None:
    """Create an account."""
    chosen = password or hashing.new_secret()
    with core() as made:
        account_id = made.accounts.registration.create_confirmed(
            name=name, username=username, email=email, password=chosen, locale=locale, roles=roles, actor=actor()
        )
        show({"id": account_id, "username": username} | ({} if password else {"password": chosen}), as_json=as_json)


@group.command("list")
@as_json
def list_users(*, as_json: bool) -> None:
    """List the accounts."""
    with core() as made:
        rows = made.database.read().all(
            "SELECT a.id, a.username, a.name, e.address AS email, a.roles, a.status, a.created_at FROM account a"
            " LEFT JOIN email_address e ON e.account_id = a.id AND e.role = 'primary' ORDER BY a.created_at"
        )
        columns = ("id", "username", "name", "email", "roles", "status")
        table([dict(row) for row in rows], columns, as_json=as_json, empty="Nobody has an account yet.")
