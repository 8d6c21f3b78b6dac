"""Messages on both engines: one call is stored once, whatever happens at the same time, and lists go the way that an index goes."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

import clients.dashboard.messages.models  # noqa: F401  fills the metadata
from clients.dashboard.app import create
from clients.dashboard.messages import posting as posting_module
from clients.dashboard.messages.inbox import Inbox, NotFoundError, Wanted, words_of
from clients.dashboard.messages.posting import OtherContentError, Posting, TooManyError
from clients.dashboard.messages.wire import Batch
from clients.sso.db import Model, db
from config.settings import load_relying_party

NOW = 1_800_000_000
RACERS = 8
posting = Posting(lambda: NOW)
inbox = Inbox(lambda: NOW)


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


def post(*messages: dict[str, Any], service: str = "fees", key: str = "") -> list[str]:
    sent = json.dumps({"messages": [{"sub": "alice", "subject": "Fees", "body": "Pay."} | one for one in messages]})
    return posting.post(service, Batch.model_validate_json(sent).messages, key=key, sent=sent.encode())


def race(app: Flask, action: Callable[[int], Any]) -> list[Any]:
    def run(number: int) -> Any:
        with app.app_context():
            try:
                return action(number)
            except (OtherContentError, TooManyError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def subjects(sub: str = "alice", wanted: Wanted | None = None, **options: Any) -> list[str]:
    return [one.subject for one in inbox.page(sub, wanted or Wanted(), most=1_000, **options).messages]


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (str(name).startswith("message"))

    tables = {name for name in Model.metadata.tables if name.startswith("message")}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        found = [one for one in compare_metadata(context, Model.metadata) if getattr(one[1], "name", "") in tables]
    assert len(tables) == 5
    assert found == []


def test_the_same_call_at_once_is_one(app: Flask) -> None:
    made = race(app, lambda _: tuple(post({}, {"sub": "bob"}, key="k")))
    assert len(set(made)) == 1
    assert len(subjects()) == len(subjects("bob")) == 1


def test_a_key_with_other_content_at_once(app: Flask) -> None:
    made = race(app, lambda number: len(post({"subject": f"S{number}"}, key="k")))
    assert sorted(map(str, made)) == ["1"] + ["OtherContentError"] * (RACERS - 1)
    assert len(subjects()) == 1


def test_many_services_write_to_the_same_people_at_once(app: Flask) -> None:
    people = [f"p{number}" for number in range(20)]

    def write(number: int) -> int:
        # In an order of their own, so that locks taken in that order would meet.
        order = people if number % 2 else people[::-1]
        return len(post(*({"sub": sub} for sub in order), service=f"s{number % 2}"))

    assert race(app, write) == [20] * RACERS
    assert all(len(subjects(sub)) == RACERS for sub in people)
    assert [(one.service, one.unread) for one in inbox.senders("p0")] == [("s0", 4), ("s1", 4)]


def test_what_is_too_much_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting_module, "MOST_A_MINUTE", 3)
    post({}, {})
    with pytest.raises(TooManyError):
        post({}, {}, key="k")
    assert len(subjects()) == 2
    # It was no call, so its key is free.
    assert post({}, key="k")


def test_lists(app: Flask) -> None:
    first, second = post({"subject": "Größe", "body": "50 % a_b"}, {"subject": "Second"})
    (third,) = post({"subject": "Third"}, service="filing")
    assert subjects() == ["Third", "Second", "Größe"]
    assert subjects(before=third) == ["Second", "Größe"]
    assert subjects(wanted=Wanted(service="fees"), before=second) == ["Größe"]
    for query, found in (("GRÖSSE", 1), ("größe 50", 1), ("%", 1), ("a_b", 1), ("a%b", 0), ("axb", 0), ("\\", 0)):
        assert len(subjects(wanted=Wanted(words=words_of(query)))) == found, query
    assert inbox.change("alice", [first, "gone", "\x00"], "archive") == 1
    assert inbox.change("bob", [second], "archive") == 0
    assert subjects(wanted=Wanted(archived=True)) == ["Größe"]
    assert inbox.open("alice", second).subject == "Second"
    assert subjects(wanted=Wanted(unread=True)) == ["Third"]
    assert inbox.read_all("alice", Wanted(service="fees")) == 0
    assert inbox.read_all("alice", Wanted()) == 1
    for sub, message_id in (("bob", second), ("alice", "\x00"), ("alice", "")):
        with pytest.raises(NotFoundError):
            inbox.open(sub, message_id)


def test_what_has_expired_is_deleted_when_something_comes(app: Flask) -> None:
    later = Posting(lambda: NOW + 100)
    (gone,) = post({"expires_at": "2027-01-15T08:01:00Z"})
    assert subjects() == ["Fees"]
    assert Inbox(lambda: NOW + 100).page("alice", Wanted()).messages == []
    sent = b'{"messages": [{"sub": "bob", "subject": "x", "body": "x"}]}'
    later.post("fees", Batch.model_validate_json(sent).messages, key="", sent=sent)
    assert db.session.execute(db.text("SELECT count(*) FROM message WHERE sub = 'alice'")).scalar_one() == 0
    assert gone


def test_counts_go_so_far(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.dashboard.messages.store.MOST_COUNTED", 5)
    post(*({} for _ in range(9)))
    assert [one.unread for one in inbox.senders("alice")] == [5]


def test_no_list_is_sorted_or_read_as_a_whole(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by the size of a table")
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    from sqlalchemy import event

    event.listen(db.engine, "before_cursor_execute", note)
    for service in ("", "fees"):
        for view in ({}, {"archived": True}, {"unread": True}):
            inbox.page("alice", Wanted(service=service, **view))
    inbox.senders("alice")
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            text = " ".join(str(row[-1]) for row in plan)
            assert "TEMP B-TREE" not in text, (statement, text)
            assert "SCAN m" not in text, (statement, text)
            assert "ix_message_" in text or "message_service" in text
