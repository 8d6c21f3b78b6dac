"""`idp keys`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from idp.db import Database
from keys import KeyStore, rotation
from tests.support.programs import Installation
from tests.unit.commands.conftest import CommandLine

DAY = 24 * 3600
Rows = Sequence[dict[str, Any]]


@pytest.fixture
def idp(tmp_path: Path) -> CommandLine:
    """With keys that have signed for an hour."""
    rotation.ensure(KeyStore(tmp_path / "keys"), int(time.time()) - 3600)
    return CommandLine(tmp_path)


def kids(rows: Rows) -> set[str]:
    return {row["kid"] for row in rows}


def test_the_next_keys_are_published_before_they_sign_and_the_old_ones_stay(idp: CommandLine) -> None:
    before = idp.json("keys", "list")
    assert sorted(row["alg"] for row in before) == ["ES256", "RS256"]
    now = int(time.time())
    after = idp.json("keys", "rotate")
    assert set(after[0]) == {"kid", "alg", "published_at", "active_from", "retired_at"}
    new = [row for row in after if row["kid"] not in kids(before)]
    old = [row for row in after if row["kid"] in kids(before)]
    assert len(new) == len(old) == 2
    for row in new:
        assert now <= row["published_at"] <= now + 5
        assert row["active_from"] - row["published_at"] == DAY
    assert all(row["retired_at"] == new[0]["active_from"] for row in old)


def test_again_while_the_next_ones_wait_changes_nothing(idp: CommandLine) -> None:
    once = idp.json("keys", "rotate")
    assert idp.json("keys", "rotate") == once


def test_at_once(idp: CommandLine) -> None:
    before = kids(idp.json("keys", "list"))
    after = idp.json("keys", "rotate", "--now")
    assert all(row["active_from"] <= time.time() for row in after if row["kid"] not in before)
    assert before < kids(after)


def test_at_once_while_the_next_ones_wait(idp: CommandLine) -> None:
    """It is the command after a compromise: it never does nothing."""
    waiting = kids(idp.json("keys", "rotate"))
    after = idp.json("keys", "rotate", "--now")
    now = time.time()
    assert kids(after) == waiting, "those that waited are taken"
    assert all(row["active_from"] <= now for row in after)
    signing = [row for row in after if row["retired_at"] is None]
    assert sorted(row["alg"] for row in signing) == ["ES256", "RS256"]
    assert all(row["retired_at"] <= now for row in after if row["retired_at"] is not None)
    again = idp.json("keys", "rotate", "--now")
    assert len(kids(again) - kids(after)) == 2, "and where none waits, new ones are made"


def test_what_was_done_is_said_and_audited(idp: CommandLine) -> None:
    idp.run("keys", "rotate")
    said = idp.run("keys", "rotate", "--now")
    assert "was waiting, and signs ES256 from" in said.output
    idp.run("keys", "retire", idp.json("keys", "list")[0]["kid"])
    database = Database(f"sqlite:///{idp.folder / 'idp.db'}")
    events = [row["event"] for row in database.read().all("SELECT event FROM audit_event ORDER BY seq")]
    database.close()
    assert events == ["keys.rotated", "keys.rotated", "keys.retired"]


def test_retire(idp: CommandLine) -> None:
    gone = idp.json("keys", "list")[0]
    assert idp.json("keys", "retire", gone["kid"]) == {"kid": gone["kid"], "retired": True}
    after = idp.json("keys", "list")
    assert gone["kid"] not in kids(after)
    assert gone["alg"] in {row["alg"] for row in after}
    assert idp.refusal("keys", "retire", "nothing").startswith("There is no key nothing")


def test_two_processes_at_once(idp: CommandLine) -> None:
    idp.run("db", "upgrade")
    installation = Installation(idp.folder / "two", DATA_DIR=str(idp.folder))
    programs = [installation.start("idp", "keys", "rotate", "--now", "--json") for _ in range(3)]
    assert [program.ends() for program in programs] == [0, 0, 0], programs[0].text()
    # Three that came one after the other would have made six; at once, whoever waited sees that it was done.
    found = idp.json("keys", "list")
    assert 4 <= len(found) <= 8
    newest = {row["alg"]: row for row in found if row["retired_at"] is None}
    assert sorted(newest) == ["ES256", "RS256"]
    files = {file.stem for file in (idp.folder / "keys").glob("*.pem")}
    assert files == kids(found)
