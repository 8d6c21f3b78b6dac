"""`idp keys`: the signing keys."""

from datetime import UTC, datetime
from typing import Any

import click

from idp import audit
from idp.app import Core
from idp.commands.shared import actor, as_json, core, show, table
from keys import KeyRing, rotation

_HOUR = 3600


@click.group("keys")
def group() -> None:
    """Signing keys."""


@group.command("list")
@as_json
def list_keys(*, as_json: bool) -> None:
    """List the keys with their times."""
    with core() as made:
        table(_rows(made.keys.load()), _COLUMNS, as_json=as_json, empty="No key yet: they are made at first start.")


@group.command("rotate")
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="Sign with the next keys at once, those that wait or new ones: after a compromise, for caches may miss them.",
)
@as_json
def rotate(*, at_once: bool, as_json: bool) -> None:
    """Publish the next keys; they sign once everybody can have them, and the old ones stay until their last token has expired."""
    with core() as made:
        now = made.clock()
        rotation.ensure(made.keys, now)
        ahead = 0 if at_once else made.settings.keys.publish_ahead_hours * _HOUR
        before = made.keys.load()
        ring = rotation.rotate(made.keys, now, publish_ahead=ahead, keep_after=_longest_token(made))
        changed = _changes(before, ring)
        if changed:
            with made.database.write() as tx:
                audit.record(tx, "keys.rotated", at=now, actor=actor(), detail={"keys": changed})
        if not as_json:
            for kid, what in changed.items():
                click.echo(f"{kid} {what}.")
            if not changed:
                click.echo("Nothing was changed: the next keys are published, and wait for their time.")
        table(_rows(ring), _COLUMNS, as_json=as_json, empty="")


# A kid may begin with a hyphen.
@group.command("retire", context_settings={"ignore_unknown_options": True})
@click.argument("kid")
@as_json
def retire(*, kid: str, as_json: bool) -> None:
    """Withdraw a key at once: nothing that it signed is accepted any more."""
    with core() as made:
        if made.keys.read().verifying_key(kid) is None:
            raise click.ClickException(f"There is no key {kid}: idp keys list shows them.")
        before, now = made.keys.load(), made.clock()
        changed = {kid: "is withdrawn"} | _changes(before, rotation.retire(made.keys, kid, now))
        with made.database.write() as tx:
            audit.record(tx, "keys.retired", at=now, actor=actor(), detail={"keys": changed})
        show({"kid": kid, "retired": True}, as_json=as_json)


_COLUMNS = ("kid", "alg", "published_at", "active_from", "retired_at")


def _changes(before: KeyRing, after: KeyRing) -> dict[str, str]:
    """Return what has become of keys that are new, or sign earlier than they would have; by `kid`."""
    known = {key.kid: key for key in before.keys}
    return {
        key.kid: f"is new, and signs {key.alg} from {_moment(key.active_from)}"
        if key.kid not in known
        else f"was waiting, and signs {key.alg} from {_moment(key.active_from)}"
        for key in after.keys
        if key.kid not in known or key.active_from != known[key.kid].active_from
    }


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _rows(ring: KeyRing) -> list[dict[str, Any]]:
    return [{name: getattr(key, name) for name in _COLUMNS} for key in ring.keys]


def _longest_token(made: Core) -> int:
    # An ID token is still good as a hint when it has expired, as long as a session can last.
    lifetimes = made.settings.lifetimes
    return max(lifetimes.access_token, lifetimes.id_token, lifetimes.session_absolute)
