"""`idp users`: people, as far as the command line goes."""

from typing import TextIO

import click

from config.parsing import one_line
from idp.accounts.identifiers import normal_address, normal_username
from idp.accounts.passwords import Problem
from idp.accounts.registration import IdentifierTakenError, Taken
from idp.commands.shared import actor, as_json, core, show, table
from keys import hashing


@click.group("users")
def group() -> None:
    """People with an account."""


@group.command("add")
@click.option("--username", required=True)
@click.option("--name", required=True, help="Full name.")
@click.option("--email", required=True, help="You vouch for it: no confirmation is asked.")
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    default=None,
    help="A file with the password, - for standard input: arguments can be read by everybody. It is "
    "taken for the owner's. Default: a random one, printed once, which expires and is changed at the first sign-in.",
)
@click.option("--locale", default="en", show_default=True)
@click.option("--role", "roles", multiple=True, help="Such as administrator. Repeatable.")
@as_json
def add(
    *,
    username: str,
    name: str,
    email: str,
    password_file: TextIO | None,
    locale: str,
    roles: tuple[str, ...],
    as_json: bool,
) -> None:
    """Create an account."""
    chosen = hashing.new_secret() if password_file is None else password_file.read().rstrip("\r\n")
    with core() as made:
        rules, languages = made.settings.passwords, made.settings.languages
        known_as, address = normal_username(username), normal_address(email)
        if known_as is None:
            raise click.ClickException(
                f"{username} can't be a username: it has 3 to 64 letters and digits; a dot, hyphen or underscore may stand between."
            )
        if address is None:
            raise click.ClickException(f"{email} isn't an e-mail address: write it like name@example.org.")
        if not one_line(name):
            raise click.ClickException("The name is empty: give the person's full name.")
        if locale not in languages:
            raise click.ClickException(f"{locale} isn't a language of this installation: use {', '.join(languages)}.")
        registration = made.accounts.registration
        match registration.check_password(chosen, name=name, username=known_as, email=address):
            case Problem.TOO_SHORT | Problem.TOO_LONG:
                raise click.ClickException(f"A password has {rules.min_length} to {rules.max_length} characters.")
            case Problem.TOO_EASY:
                raise click.ClickException(
                    "This password is easy to guess: use a few unrelated words, or leave it out."
                )
            case Problem.BREACHED:
                raise click.ClickException(
                    "This password is known from stolen lists: use another one, or leave it out."
                )
        try:
            account_id = registration.create_confirmed(
                name=name,
                username=known_as,
                email=address,
                password=chosen,
                locale=locale,
                roles=roles,
                actor=actor(),
                password_seconds=made.settings.lifetimes.initial_password if password_file is None else 0,
            )
        except IdentifierTakenError as error:
            taken = known_as if error.taken is Taken.USERNAME else address
            raise click.ClickException(f"{taken} belongs to another account: choose another one.") from error
        once = {} if password_file is not None else {"password": chosen}
        show({"id": account_id, "username": known_as, **once}, as_json=as_json)


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
