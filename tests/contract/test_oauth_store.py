"""What the protocol's store promises, on both engines: of fifty at once, one succeeds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.db import Database
from idp.ids import new_id
from idp.oauth.ports import Authentication
from idp.oauth.store import access_tokens, assertions, codes, consents, families, housekeeping, refresh_tokens

NOW = 1_800_000_000
THREADS = 50


def race(attempt: Callable[[int], bool]) -> list[bool]:
    """Let fifty threads try at the same moment."""
    barrier = Barrier(THREADS)

    def run(number: int) -> bool:
        barrier.wait()
        return attempt(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def family(database: Database) -> str:
    authentication = Authentication("alice", "sid", NOW, "aal1", ("pwd",))
    with database.write() as tx:
        return families.add(
            tx,
            client_id="c",
            authentication=authentication,
            scope=("openid",),
            resource=(),
            nonce="",
            now=NOW,
            expires_at=NOW + 900,
        )


def add_code(database: Database, family: str) -> str:
    code_id = new_id()
    with database.write() as tx:
        codes.add(
            tx,
            code_id,
            "digest",
            family_id=family,
            redirect_uri="https://rp.example",
            sent=True,
            challenge="c",
            expires_at=NOW + 60,
        )
    return code_id


def add_refresh_token(database: Database, family: str) -> str:
    token_id = new_id()
    with database.write() as tx:
        refresh_tokens.add(tx, token_id, "digest", family_id=family, now=NOW, expires_at=NOW + 900)
    return token_id


def test_one_code_is_consumed_once(database: Database, family: str) -> None:
    code_id = add_code(database, family)

    def attempt(_: int) -> bool:
        with database.write() as tx:
            return codes.consume(tx, code_id, now=NOW)

    assert race(attempt).count(True) == 1


def test_expired_code_is_not_consumed(database: Database, family: str) -> None:
    code_id = add_code(database, family)

    with database.write() as tx:
        assert not codes.consume(tx, code_id, now=NOW + 60)


def test_one_refresh_token_is_rotated_once(database: Database, family: str) -> None:
    token_id = add_refresh_token(database, family)

    def attempt(number: int) -> bool:
        with database.write() as tx:
            return refresh_tokens.rotate(
                tx, token_id, family, successor_id=f"next-{number}", successor_digest="d", now=NOW, expires_at=NOW + 900
            )

    results = race(attempt)

    assert results.count(True) == 1
    row = refresh_tokens.find(database.read(), token_id)
    assert row is not None
    assert row["successor_id"] == f"next-{results.index(True)}"
    links = database.read().all("SELECT id FROM refresh_token WHERE family_id = :family", family=family)
    assert len(links) == 2


def test_revoked_family_rotates_nothing(database: Database, family: str) -> None:
    token_id = add_refresh_token(database, family)
    with database.write() as tx:
        assert families.revoke(tx, family, reason="test", now=NOW)
        assert not families.revoke(tx, family, reason="test", now=NOW)
        assert not refresh_tokens.rotate(
            tx, token_id, family, successor_id="next", successor_digest="d", now=NOW, expires_at=NOW + 900
        )


def test_lost_answer_is_repeated_once(database: Database, family: str) -> None:
    token_id = add_refresh_token(database, family)
    with database.write() as tx:
        assert not refresh_tokens.consume_replay(tx, token_id, now=NOW)
        refresh_tokens.rotate(
            tx, token_id, family, successor_id="next", successor_digest="d", now=NOW, expires_at=NOW + 900
        )

    def attempt(_: int) -> bool:
        with database.write() as tx:
            return refresh_tokens.consume_replay(tx, token_id, now=NOW)

    assert race(attempt).count(True) == 1


def test_one_assertion_is_used_once(database: Database) -> None:
    def attempt(_: int) -> bool:
        with database.write() as tx:
            return assertions.consume(tx, "digest", expires_at=NOW)

    assert race(attempt).count(True) == 1


def test_consent_adds_up(database: Database) -> None:
    with database.write() as tx:
        consents.remember(tx, "alice", "c", frozenset({"openid"}), now=NOW)
        consents.remember(tx, "alice", "c", frozenset({"email"}), now=NOW)

    assert consents.allowed_scope(database.read(), "alice", "c") == {"openid", "email"}
    assert consents.allowed_scope(database.read(), "bob", "c") == frozenset()


def test_access_token_state(database: Database, family: str) -> None:
    assert access_tokens.is_live(database.read(), jti="j", family_id=family)
    assert access_tokens.is_live(database.read(), jti="j", family_id="")
    assert not access_tokens.is_live(database.read(), jti="j", family_id="unknown")
    with database.write() as tx:
        access_tokens.revoke(tx, "j", expires_at=NOW)
        access_tokens.revoke(tx, "j", expires_at=NOW)
    assert not access_tokens.is_live(database.read(), jti="j", family_id=family)
    assert not access_tokens.is_live(database.read(), jti="j", family_id="")


def test_session_end_spares_offline_access(database: Database) -> None:
    with database.write() as tx:
        for scope in (("openid",), ("openid", "offline_access")):
            authentication = Authentication("alice", "one", NOW, "aal1", ("pwd",))
            families.add(
                tx,
                client_id="c",
                authentication=authentication,
                scope=scope,
                resource=(),
                nonce="",
                now=NOW,
                expires_at=NOW + 9,
            )
        assert families.end_session(tx, "one", now=NOW) == [("c", "alice")]

    rows = database.read().all("SELECT offline, revoked_at FROM token_family WHERE sid = 'one' ORDER BY offline")
    assert [(row["offline"], row["revoked_at"]) for row in rows] == [(0, NOW), (1, None)]


def test_expired_is_forgotten(database: Database, family: str) -> None:
    code_id = add_code(database, family)
    with database.write() as tx:
        housekeeping.forget_expired(tx, now=NOW + 2000, keep=100)

    assert codes.find(database.read(), code_id) is None
