"""What people put into widgets, on both engines: whole, in order, theirs alone, and never lost to a race."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from clients.dashboard.app import create
from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.notepad.service import LONGEST, Notepad, TooLongError
from clients.sso.db import db
from config.settings import load_relying_party

NOW = 1_800_000_000
RACERS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["DASHBOARD_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("dashboard", environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def race(app: Flask, action: Callable[[int], object]) -> list[object]:
    def run(number: int) -> object:
        with app.app_context():
            return action(number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def add(value: str, sub: str = "alice", name: str = "links", most: int = 5) -> str:
    return store.add_entry(sub, name, value.upper(), value, most=most, now=NOW)


def values(sub: str = "alice", name: str = "links") -> list[str]:
    return [one.value for one in store.list_entries(sub, name)]


def test_a_list_has_an_order_an_end_and_each_thing_once(app: Flask) -> None:
    ids = [add(value) for value in "abcde"]
    with pytest.raises(store.ThereAlreadyError):
        add("a")
    with pytest.raises(store.FullError):
        add("f")
    assert store.move_entry("alice", "links", ids[4], -2)
    assert store.move_entry("alice", "links", ids[0], -1)
    assert values() == list("abecd")
    assert store.remove_entry("alice", "links", ids[1])
    assert not store.remove_entry("alice", "links", ids[1])
    add("b")
    assert values() == list("aecdb")


def test_nobody_reaches_another_list(app: Flask) -> None:
    mine = add("a")
    for sub, name in (("bob", "links"), ("alice", "clock")):
        assert values(sub, name) == []
        assert not store.remove_entry(sub, name, mine)
        assert not store.move_entry(sub, name, mine, 1)
    assert values() == ["a"]


def test_many_at_once_add_one(app: Flask) -> None:
    def attempt(_: int) -> str:
        try:
            return add("same")
        except store.ThereAlreadyError:
            return ""

    assert len([one for one in race(app, attempt) if one]) == 1
    assert values() == ["same"]


def test_many_tabs_write_and_nothing_is_lost(app: Flask) -> None:
    notepad = Notepad(lambda: NOW)
    begun = notepad.write("alice", "first\r\n", 0, base="")
    assert begun == ("first\n", 1)

    race(app, lambda number: notepad.write("alice", f"first\ntab {number}\n", 1, base="first\n"))

    written = notepad.read("alice").text.split("\n")
    assert sorted(line for line in written if line.startswith("tab")) == [f"tab {number}" for number in range(RACERS)]
    assert written.count("first") == 1
    assert notepad.read("bob") == ("", 0)


def test_the_same_again_changes_nothing(app: Flask) -> None:
    notepad = Notepad(lambda: NOW)
    notepad.write("alice", "text", 0, base="")
    assert notepad.write("alice", "text", 0, base="") == ("text", 1)


def test_too_much_changes_nothing(app: Flask) -> None:
    notepad = Notepad(lambda: NOW)
    notepad.write("alice", "kept", 0, base="")
    with pytest.raises(TooLongError):
        notepad.write("alice", "a" * (LONGEST + 1), 1, base="kept")
    with pytest.raises(TooLongError):
        notepad.write("alice", "a" * LONGEST, 0, base="")
    assert notepad.read("alice") == ("kept", 1)
