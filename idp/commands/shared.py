"""What every command needs: the provider's objects, `--json`, and errors that say what to do instead of a stack trace."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson

from config.settings import load_provider
from idp import schema
from idp.app import Core, build_core
from idp.commands.refusals import refusals

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def core() -> Iterator[Core]:
    """Give the provider's objects on a database that is up to date; a refusal ends the command with its sentence."""
    with refusals():
        made = build_core(load_provider())
        schema.upgrade(made.database)
        yield made


def actor() -> str:
    """Return who runs the command, for the audit trail."""
    return f"cli:{getpass.getuser()}"


def show(value: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing."""
    if as_json:
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
        return
    width = max(map(len, value), default=0)
    for name, one in value.items():
        click.echo(f"{name:<{width}}  {_text(one)}")


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print many things: all they have as JSON, or some columns as text."""
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    if not rows:
        click.echo(empty)
        return
    cells = [[name.replace("_", " ") for name in columns], *([_text(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
