"""Drafts on both engines: whose they are, and what happens when two come at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from clients.filing.app import create
from clients.filing.service import ChangedMeanwhileError, Content, Drafts, NotFoundError, TooManyError
from clients.sso.db import db
from config.settings import load_relying_party

NOW = 1_800_000_000
RACERS = 8
KETTLE = Content("patent", "A quieter kettle", "Moreau & Daughters")
drafts = Drafts(lambda: NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["FILING_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("filing", environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def race(app: Flask, action: Callable[[int], str]) -> list[str]:
    def run(number: int) -> str:
        with app.app_context():
            try:
                return action(number)
            except (ChangedMeanwhileError, NotFoundError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_one_submission_makes_one_draft(app: Flask) -> None:
    made = race(app, lambda _: drafts.create("alice", KETTLE, submission="s").id)
    assert len(set(made)) == 1
    assert [draft.id for draft in drafts.list("alice")] == [made[0]]
    assert drafts.create("bob", KETTLE, submission="s").id != made[0]


def test_of_changes_to_one_version_one_gets_through(app: Flask) -> None:
    draft_id = drafts.create("alice", KETTLE, submission="").id

    def change(number: int) -> str:
        content = Content("design", f"Kettle {number}", "Alice")
        return f"version {drafts.change('alice', draft_id, content, version=1).version}"

    assert Counter(race(app, change)) == {"version 2": 1, "ChangedMeanwhileError": RACERS - 1}


def test_a_draft_is_deleted_once(app: Flask) -> None:
    draft_id = drafts.create("alice", KETTLE, submission="").id

    def delete(_: int) -> str:
        drafts.delete("alice", draft_id, version=1)
        return "deleted"

    assert Counter(race(app, delete)) == {"deleted": 1, "NotFoundError": RACERS - 1}


@pytest.mark.usefixtures("app")
def test_everything_is_one_persons() -> None:
    mine = drafts.create("alice", KETTLE, submission="")
    for attempt in (
        lambda: drafts.get("bob", mine.id),
        lambda: drafts.change("bob", mine.id, KETTLE, version=1),
        lambda: drafts.delete("bob", mine.id),
        lambda: drafts.delete("bob", mine.id, version=1),
        lambda: drafts.get("alice", "\x00"),
        lambda: drafts.get("", mine.id),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert drafts.list("bob") == []
    assert drafts.get("alice", mine.id).version == 1


@pytest.mark.usefixtures("app")
def test_a_most_is_each_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.filing.service.MOST", 2)
    for _ in range(2):
        drafts.create("alice", KETTLE, submission="")
    with pytest.raises(TooManyError):
        drafts.create("alice", KETTLE, submission="")
    assert drafts.create("bob", KETTLE, submission="").reference
