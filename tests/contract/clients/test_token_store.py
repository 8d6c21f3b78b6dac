"""Tokens of a session, on both engines: many who want one at once renew it once, and a holder who died holds nobody up for long."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from clients.dashboard.app import create
from clients.sso import store, token_store
from clients.sso.crypto import Box
from clients.sso.db import db
from clients.sso.models import SsoGrant, SsoSession
from clients.sso.outcomes import NoTokenError, RefusedError, Tokens
from clients.sso.tokens import TokenKeeper
from config.settings import load_relying_party

NOW = 1_800_000_000
CALLERS = 16
APIS = ("https://one.example/api", "https://two.example/api")


class OnceOnly:
    """What the provider does to a refresh token: the second use of one ends everything."""

    def __init__(self) -> None:
        self.good = "first"
        self.renewals = 0
        self._lock = threading.Lock()

    def refresh(self, refresh_token: str, *, resource: str, scope: str) -> Tokens:
        time.sleep(0.02)
        with self._lock:
            if refresh_token != self.good:
                self.good = ""
                raise RefusedError("reuse", error="invalid_grant")
            self.good = secrets.token_urlsafe(8)
            self.renewals += 1
            return Tokens(f"{resource} {scope} {self.renewals}", 300, self.good, "")


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["DASHBOARD_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("dashboard", environ))
    with app.app_context():
        texts = dict.fromkeys(("secret_hash", "name", "username", "email", "locale", "id_token"), "x")
        session = SsoSession(id="1", sub="alice", sid="s", created_at=NOW, used_at=NOW, **texts)
        grant = SsoGrant(session_id="1", refresh_token=BOX.close("first"), held_until=0)
        store.add_session(session, grant, replaces="", used_before=0, created_before=0, id_token_issued_at=0)
        yield app
        db.session.remove()
        db.engine.dispose()


BOX = Box("root", "tokens")


def test_many_at_once_renew_once_for_each_api(app: Flask) -> None:
    provider = OnceOnly()
    keeper = TokenKeeper(provider, BOX, lambda: NOW)  # type: ignore[arg-type]

    def ask(number: int) -> str:
        with app.app_context():
            return keeper.token("1", APIS[number % len(APIS)], ("read",))

    with ThreadPoolExecutor(CALLERS) as pool:
        given = list(pool.map(ask, range(CALLERS)))

    assert len(set(given)) == len(APIS) == provider.renewals
    assert provider.good


def test_whoever_died_while_holding_it_holds_nobody_up_for_long(app: Flask) -> None:
    assert token_store.hold_grant("1", NOW, until=NOW + 15)
    assert token_store.hold_grant("1", NOW + 14, until=NOW + 30) is None
    keeper = TokenKeeper(OnceOnly(), BOX, lambda: NOW + 15)  # type: ignore[arg-type]
    assert keeper.token("1", APIS[0], ("read",))


def test_a_session_has_tokens_of_its_own(app: Flask) -> None:
    keeper = TokenKeeper(OnceOnly(), BOX, lambda: NOW)  # type: ignore[arg-type]
    keeper.token("1", APIS[0], ("read",))
    assert token_store.find_access_token("2", APIS[0], "read", expires_after=NOW) is None
    with pytest.raises(NoTokenError):
        keeper.token("2", APIS[0], ("read",))
    store.delete_session("1")
    assert not token_store.has_grant("1")
    assert token_store.find_access_token("1", APIS[0], "read", expires_after=NOW) is None
