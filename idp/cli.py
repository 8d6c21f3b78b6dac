"""The command line `idp`. Groups are imported when they are called, so that `idp serve` and `--help` stay quick."""

import os
from importlib import import_module

import click

_COMMANDS = {
    "audit": ("idp.commands.database", "audit_group", "The audit trail."),
    "clients": ("idp.commands.clients", "group", "Services that people sign in to."),
    "db": ("idp.commands.database", "db_group", "The database."),
    "keys": ("idp.commands.keys", "group", "Signing keys."),
    "run": ("idp.commands.run", "run", "Everything at once, in the foreground, for trying it out."),
    "serve": ("idp.commands.serve", "serve", "The provider's web server."),
    "users": ("idp.commands.users", "group", "People with an account."),
    "worker": ("idp.commands.worker", "worker", "Mail, logout tokens and housekeeping."),
}


class _Lazy(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, attribute, _help = _COMMANDS[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in sorted(_COMMANDS.items())])


@click.command(cls=_Lazy)
def main() -> None:
    """Run and administer the identity provider. Settings come from the environment; see README."""
    os.umask(0o077)  # a database that a command creates is its user's alone
