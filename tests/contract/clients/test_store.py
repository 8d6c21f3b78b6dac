"""What a relying party keeps, on both engines: single use under a race, and what a logout token ends."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clients.dashboard.app import create
from clients.sso import store
from clients.sso.db import db
from clients.sso.models import KeptForm, PendingSignIn, SsoSession
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


def race(app: Flask, action: Callable[[], object]) -> list[object]:
    def run(_: int) -> object:
        with app.app_context():
            return action()

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def add_session(session_id: str, sub: str = "alice", sid: str | None = None) -> bool:
    texts = dict.fromkeys(("secret_hash", "name", "username", "email", "locale", "id_token"), "x")
    session = SsoSession(id=session_id, sub=sub, sid=sid, created_at=NOW, used_at=NOW, **texts)
    return store.add_session(
        session, None, replaces="", used_before=NOW - 60, created_before=NOW - 60, id_token_issued_at=NOW
    )


def test_a_pending_sign_in_is_consumed_once(app: Flask) -> None:
    texts = {"nonce": "n", "code_verifier": "v", "return_to": "/"}
    store.add_pending(PendingSignIn(state_hash="s", browser_hash="b", expires_at=NOW + 60, **texts), NOW)
    assert store.consume_pending("s", "other", NOW) is None
    assert store.consume_pending("s", "b", NOW + 60) is None

    consumed = race(app, lambda: store.consume_pending("s", "b", NOW))

    assert [pending.nonce for pending in consumed if pending] == ["n"]  # type: ignore[attr-defined]


def test_a_logout_token_is_obeyed_once(app: Flask) -> None:
    add_session("1")

    ended = race(app, lambda: store.end_sessions_once("jti", NOW + 60, NOW, issued_at=NOW, sub="alice", sid=None))

    assert sorted(count for count in ended if count is not None) == [1]  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("sub", "sid", "issued_at", "begins"),
    [
        ("alice", "s1", NOW - 5, False),
        (None, "s1", NOW, False),
        ("alice", "s2", NOW + 5, True),
        ("alice", None, NOW + 5, False),
        ("alice", None, NOW - 5, True),  # she has signed in again since
        ("bob", None, NOW + 5, True),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_sign_in_that_was_ended_on_its_way_begins_no_session(
    sub: str | None, sid: str | None, issued_at: int, begins: bool
) -> None:
    store.end_sessions_once("jti", NOW + 60, NOW, issued_at=issued_at, sub=sub, sid=sid)

    assert add_session("1", sid="s1") is begins
    assert (store.find_session("1") is not None) is begins


def test_of_a_session_that_begins_and_its_end_the_end_stays(app: Flask) -> None:
    numbers = iter(range(RACERS))

    def run() -> object:
        number = next(numbers)
        if number == RACERS // 2:
            return store.end_sessions_once("jti", NOW + 60, NOW, issued_at=NOW, sub=None, sid="s1")
        return add_session(str(number), sid="s1")

    race(app, run)

    assert not [number for number in range(RACERS) if store.find_session(str(number))]


@pytest.mark.parametrize(
    ("sub", "sid", "left"), [("alice", None, {"3"}), (None, "s1", {"2", "3"}), ("bob", "s1", {"1", "2", "3"})]
)
@pytest.mark.usefixtures("app")
def test_ends_what_is_named_and_nothing_else(sub: str | None, sid: str | None, left: set[str]) -> None:
    add_session("1", sid="s1")
    add_session("2", sid="s2")
    add_session("3", sub="bob")

    store.end_sessions_once("jti", NOW + 60, NOW, issued_at=NOW, sub=sub, sid=sid)

    assert {number for number in "123" if store.find_session(number)} == left


@pytest.mark.usefixtures("app")
def test_of_one_persons_forms_the_newest_are_kept() -> None:
    texts = {"browser_hash": "b", "path": "/", "fields": "x"}
    for number in range(14):
        for sub in ("alice", "bob") if number < 3 else ("alice",):
            expires_at = NOW + 60 + number
            store.add_kept_form(KeptForm(id_hash=f"{sub}{number}", sub=sub, expires_at=expires_at, **texts), NOW)

    def kept(sub: str) -> list[int]:
        return [number for number in range(14) if store.find_kept_form(f"{sub}{number}", "b", NOW)]

    assert kept("alice") == list(range(4, 14))
    assert kept("bob") == [0, 1, 2]
    assert store.find_kept_form("alice13", "other", NOW) is None
    assert store.find_kept_form("alice13", "b", NOW + 3600) is None


def test_a_network_cannot_leave_sign_ins_without_end(app: Flask) -> None:
    """The oldest go; those of others stay."""
    texts = {"nonce": "n", "code_verifier": "v", "return_to": "/", "browser_hash": "b"}
    store.add_pending(PendingSignIn(state_hash="other", network="192.0.2.1", expires_at=NOW + 60, **texts), NOW)
    for number in range(store.MAX_PENDING + 5):
        at = NOW + 100 + number
        store.add_pending(PendingSignIn(state_hash=str(number), network="198.51.100.7", expires_at=at, **texts), NOW)
    kept = set(db.session.scalars(select(PendingSignIn.state_hash)))
    assert kept == {"other", *map(str, range(5, store.MAX_PENDING + 5))}
