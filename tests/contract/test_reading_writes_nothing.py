"""GET and HEAD leave every row of every program as it was (RFC 9110 section 9.2.1): those of strangers, of the signed-in and of programs."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.fuzz.programs import Program, programs
from tests.fuzz.requests import Request, Route
from tests.fuzz.run import send

WRITTEN = {
    "interaction": "sending somebody to sign in begins a sign-in",
    "sso_pending_sign_in": "sending somebody to sign in begins a sign-in",
    "webauthn_challenge": "a nonce that the page carries, for its session only: nobody sees it afterwards, and it counts once",
    "webauthn_user": "the random name that an authenticator gets to see, made with the first such page and never changed",
    "sso_access_token": "a cache of access tokens",
    "sso_grant": "what the cache is filled with: the provider gives the next refresh token with each access token",
}
"""Tables that reading may write to, and why."""
LAST_SEEN = {"sso_session": ("last_seen_at", "used_at", "ip", "user_agent"), "account_browser": ("last_seen_at",)}
"""When somebody was last seen, and from where."""
_ARGUMENT = re.compile(r"<(?:[a-z_]+(?:\([^)]*\))?:)?([a-z_]+)>")
_SAMPLES = 2
Rows = dict[str, set[tuple[object, ...]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Program]]:
    with programs(Path(tmp_path_factory.mktemp("reading"))) as all_of_them:
        yield all_of_them


@contextmanager
def watch(program: Program) -> Iterator[Callable[[], list[str]]]:
    """Yield what returns the tables that have changed since it was called last."""
    with closing(sqlite3.connect(program.database)) as connection:

        def version() -> int:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

        def rows() -> Rows:
            found: Rows = {}
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
                kept = ", ".join(f'"{one}"' for one in columns if one not in LAST_SEEN.get(table, ()))
                found[table] = set(connection.execute(f'SELECT {kept} FROM "{table}"').fetchall())
            return found

        seen = [(version(), rows())]

        def changed() -> list[str]:
            before, now = seen[-1], version()
            if now == before[0]:
                return []
            seen[:] = [(now, rows())]
            return [table for table, there in seen[0][1].items() if there != before[1].get(table)]

        yield changed


def paths(program: Program, route: Route) -> list[str]:
    """Return addresses of a route, with what the program's own pages have shown."""
    names = _ARGUMENT.findall(route.rule)
    known = [program.known.arguments.get(name, [])[-_SAMPLES:] for name in names]
    count = max(1, max(map(len, known), default=1))
    return [
        _ARGUMENT.sub(lambda found, at=at: (program.known.arguments.get(found[1]) or ["x"])[-1 - at], route.rule)  # type: ignore[misc]
        if all(len(one) > at for one in known)
        else _ARGUMENT.sub("x", route.rule)
        for at in range(count)
    ]


def walk(program: Program, method: str, changed: Callable[[], list[str]]) -> Iterator[str]:
    """Read every page of a program as everybody; yield what was written."""
    for visitor in program.visitors:
        for route in program.routes:
            for path in paths(program, route) if "GET" in route.methods else ():
                changed()
                request = Request(method, path, b"", (), b"", "", chunked=False)
                status, headers, body = send(program, visitor, request, "192.0.2.1")
                if written := sorted(set(changed()) - set(WRITTEN)):
                    yield f"{program.name}, {visitor.name}: {method} {path} ({status}) wrote {written}"
                if status == 200 and headers.get("content-type", "").startswith("text/html"):
                    program.learn(path, body.decode())


def end_a_request(program: Program) -> None:
    """Let there be an approved request for a certificate that nobody picked up in time."""
    ended = {
        "id": "e-1",
        "sub": "alice-1",
        "open_sub": "alice-1",
        "state": "approved",
        "decided_at": 1,
        "expires_at": 2,
    }
    with closing(sqlite3.connect(program.database)) as connection, connection:
        about = connection.execute("PRAGMA table_info(enrolment)").fetchall()
        values = [ended.get(name, 0 if kind in {"INTEGER", "BIGINT"} else "x") for _, name, kind, *_ in about]
        connection.execute(f"INSERT INTO enrolment VALUES ({', '.join('?' * len(values))})", values)
    program.known.arguments["enrolment_id"] = ["e-1"]


def test_reading_writes_nothing(made: list[Program]) -> None:
    found = []
    for program in made:
        if program.name == "certificates":
            end_a_request(program)
        with watch(program) as changed:
            # Twice: by then pages have shown addresses of what there is.
            found += [*walk(program, "GET", changed), *walk(program, "HEAD", changed), *walk(program, "GET", changed)]
    assert not found, "\n".join(found)
