import threading

import pytest

from idp import audit, request_id
from idp.db import Database


def _record(database: Database, count: int) -> None:
    for number in range(count):
        with database.write() as tx:
            audit.record(
                tx, "session.started", at=1000 + number, account_id="a1", detail={"device": "Ünïcode", "n": number}
            )


def test_several_events_of_one_transaction_form_one_chain(database: Database) -> None:
    request_id.begin("request-0001")
    with database.write() as tx:
        audit.record(tx, "account.created", at=1, account_id="a1")
        audit.record(tx, "address.confirmed", at=1, account_id="a1", ip="2001:db8::1")
    rows = database.read().all("SELECT * FROM audit_event ORDER BY seq")
    assert [row["seq"] for row in rows] == [1, 2]
    assert rows[1]["previous_hash"] == rows[0]["hash"]
    assert rows[0]["request_id"] == "request-0001"
    assert audit.verify(database.read()) is None


def test_an_event_goes_with_its_transaction(database: Database) -> None:
    _record(database, 1)
    with pytest.raises(Exception, match="no"), database.write() as tx:  # noqa: PT012
        audit.record(tx, "account.created", at=1)
        tx.run("no SQL at all")
    _record(database, 1)
    assert [row["seq"] for row in database.read().all("SELECT seq FROM audit_event ORDER BY seq")] == [1, 2]
    assert audit.verify(database.read()) is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit_event SET ip = '192.0.2.1' WHERE seq = 3", 3),
        ("UPDATE audit_event SET detail = '{}' WHERE seq = 1", 1),
        ("DELETE FROM audit_event WHERE seq = 2", 2),
        ("DELETE FROM audit_event WHERE seq = 5", 5),
        ("UPDATE audit_event SET hash = 'f' WHERE seq = 5", 5),
        ("DELETE FROM audit_event", 1),
    ],
)
def test_tampering_shows_where_it_begins(database: Database, tampering: str, broken: int) -> None:
    _record(database, 5)
    with database.write() as tx:
        tx.run(tampering)
    assert audit.verify(database.read()) == broken


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert audit.verify(database.read()) is None


def test_threads_share_one_chain_without_gaps(database: Database) -> None:
    def write() -> None:
        _record(database, 10)
        database.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = database.read().one("SELECT count(*) AS n, max(seq) AS last FROM audit_event")
    assert row is not None
    assert (row["n"], row["last"]) == (80, 80)
    assert audit.verify(database.read()) is None


@pytest.mark.parametrize("name", ["password", "access_token", "code", "client_secret"])
def test_a_secret_is_refused(database: Database, name: str) -> None:
    with database.write() as tx, pytest.raises(ValueError, match="secret"):
        audit.record(tx, "client.added", at=1, detail={name: "x"})
