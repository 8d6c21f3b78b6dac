"""What the inbox costs with 100,000 messages in it, beside an empty one: `python -m tests.bench.inbox [MESSAGES]`.

The dashboard answers in this process, on SQLite on a real disk; a session is put into its database. Half of the messages are unread,
they come from five services, and other people have as many again.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from clients.dashboard.app import create
from clients.dashboard.messages.models import Message, MessageService
from clients.sso.crypto import digest
from clients.sso.db import db
from clients.sso.models import SsoSession
from config.settings import load_relying_party
from tests.bench import cores

MESSAGES = 100_000
_SERVICES = 5
_REPEATS = 15
_TEXT = "The renewal fee for the patent named below is due at the end of the month. " * 8
PAGES = {
    "first page": "/messages",
    "one service": "/messages?service=s1",
    "unread": "/messages?view=unread",
    "deep page": "/messages?before=full-200",
    "search, found": "/messages?q=number+77",
    "search, not found": "/messages?q=kettle",
    "dashboard": "/dashboard",
}


def measure(*, core: int) -> dict[str, list[float]]:
    """Return milliseconds by page: of the full inbox, and of the empty one; measured in a process of its own on that core."""
    command = [sys.executable, "-m", "tests.bench.inbox"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=cores.pin(core))
    measured: dict[str, list[float]] = json.loads(done.stdout)
    return measured


def _fill(sub: str, number: int) -> None:
    rows = [
        {
            "id": f"{sub}-{one}",
            "sub": sub,
            "service": f"s{one % _SERVICES}",
            "unread": one % 2 == 0,
            "archived": False,
            "high": False,
            "created_at": 1_700_000_000 + one,
            "expires_at": None if one % 3 else 9_000_000_000,
            "subject": f"Notice number {one}",
            "preview": _TEXT[:160],
            "link": "",
            "body": f"<p>{_TEXT}</p>",
            "searched": f"notice number {one}\n{_TEXT.casefold()}",
        }
        for one in range(number)
    ]
    db.session.execute(db.insert(Message), rows)
    services = [{"sub": sub, "service": f"s{one}", "muted": False} for one in range(_SERVICES)]
    db.session.execute(db.insert(MessageService), services)
    db.session.commit()


def _arrive(client: FlaskClient, sub: str) -> None:
    now = int(time.time())
    texts = dict.fromkeys(("name", "username", "email", "locale", "id_token"), "x")
    db.session.add(SsoSession(id=sub, secret_hash=digest("x"), sub=sub, created_at=now, used_at=now, sid=None, **texts))
    db.session.commit()
    client.set_cookie("dashboard_session", f"{sub}.x")


def _milliseconds(client: FlaskClient, path: str) -> float:
    found = []
    for _ in range(_REPEATS + 2):
        began = time.perf_counter()
        answer = client.get(path)
        found.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status
    return round(median(found[2:]), 2)


def main(messages: int = MESSAGES) -> dict[str, list[float]]:
    """Fill, measure, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"DATA_DIR": str(Path(folder)), "PROFILE": "test", "PATH": os.environ["PATH"]}
        app = create(load_relying_party("dashboard", environ))
        people = {sub: app.test_client() for sub in ("full", "empty")}
        with app.app_context():
            _fill("full", messages)
            _fill("somebody-else", messages)
            for sub, client in people.items():
                _arrive(client, sub)
        measured = {
            label: [_milliseconds(people[sub], path) for sub in ("full", "empty")] for label, path in PAGES.items()
        }
        with app.app_context():
            db.engine.dispose()
    return measured


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:])), indent=1))
