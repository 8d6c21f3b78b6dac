import threading
import time
from collections import Counter

import pytest

from idp.db import Database
from idp.notify import Outbox
from idp.notify.store import OutboxStore
from idp.notify.worker import Message, Undeliverable, Worker
from keys.sealing import Sealer
from tests.unit.notify.conftest import Clock


class Recorder:
    """A handler that fails as often as it is told."""

    def __init__(self, failures: list[Exception] | None = None) -> None:
        self.seen: list[Message] = []
        self.failures = failures or []
        self.batches = 0

    def deliver(self, message: Message) -> None:
        self.seen.append(message)
        if self.failures:
            raise self.failures.pop(0)

    def end_batch(self) -> None:
        self.batches += 1


def _row(database: Database) -> dict[str, object]:
    row = database.read().one("SELECT * FROM outbox")
    assert row is not None
    return dict(row)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def worker(database: Database, sealer: Sealer, clock: Clock, recorder: Recorder) -> Worker:
    return Worker(database, sealer, {"note": recorder}, clock)


def _add(database: Database, outbox: Outbox, count: int = 1) -> None:
    with database.write() as tx:
        for number in range(count):
            outbox.add(tx, "note", {"number": number})


def test_what_was_added_is_delivered_once_and_erased(
    database: Database, outbox: Outbox, worker: Worker, recorder: Recorder
) -> None:
    _add(database, outbox, 3)
    assert OutboxStore(database).waiting() == 3
    assert worker.run_once() == 3
    assert worker.run_once() == 0
    assert {message.payload["number"] for message in recorder.seen} == {0, 1, 2}
    assert recorder.batches == 1
    assert OutboxStore(database).waiting() == 0
    assert {row["payload"] for row in database.read().all("SELECT payload FROM outbox")} == {""}


def test_a_message_goes_with_its_transaction(database: Database, outbox: Outbox, worker: Worker) -> None:
    with pytest.raises(Exception, match="no"), database.write() as tx:  # noqa: PT012
        outbox.add(tx, "note", {})
        tx.run("no SQL at all")
    assert worker.run_once() == 0


def test_the_content_is_sealed(database: Database, outbox: Outbox) -> None:
    with database.write() as tx:
        outbox.mail(tx, "alice@example.org", "confirm", "en", {"code": "123456"})
    assert "alice" not in str(_row(database))
    assert "123456" not in str(_row(database))


def test_failures_are_tried_again_later_and_later(
    database: Database, outbox: Outbox, worker: Worker, recorder: Recorder, clock: Clock
) -> None:
    recorder.failures = [OSError("alice@example.org refused")] * 3
    _add(database, outbox)
    waits = []
    for _ in range(3):
        worker.run_once()
        row = _row(database)
        waits.append(int(str(row["next_attempt_at"])) - clock.now)
        assert row["last_error"] == "OSError"
        assert worker.run_once() == 0
        clock.now = int(str(row["next_attempt_at"]))
    assert all(low <= wait <= high for wait, low, high in zip(waits, (5, 10, 20), (6, 12, 25), strict=True))
    worker.run_once()
    assert _row(database)["done_at"] == clock.now
    assert len({message.id for message in recorder.seen}) == 1


def test_what_can_never_arrive_is_given_up_at_once(
    database: Database, outbox: Outbox, worker: Worker, recorder: Recorder
) -> None:
    recorder.failures = [Undeliverable("gone")]
    _add(database, outbox)
    worker.run_once()
    row = _row(database)
    assert row["failed_at"]
    assert row["last_error"] == "gone"
    assert row["payload"] == ""
    assert worker.run_once() == 0


def test_after_many_attempts_it_ends(
    database: Database, outbox: Outbox, worker: Worker, recorder: Recorder, clock: Clock
) -> None:
    recorder.failures = [OSError()] * 20
    _add(database, outbox)
    for _ in range(20):
        worker.run_once()
        clock.now += 24 * 3600
    assert len(recorder.seen) == 12
    assert _row(database)["failed_at"]


def test_an_unknown_kind_waits(database: Database, outbox: Outbox, worker: Worker) -> None:
    with database.write() as tx:
        outbox.add(tx, "carrier-pigeon", {})
    worker.run_once()
    assert OutboxStore(database).waiting() == 1


def test_a_worker_that_died_leaves_its_messages_to_the_next(
    database: Database, outbox: Outbox, worker: Worker, clock: Clock
) -> None:
    _add(database, outbox)
    store = OutboxStore(database)
    [lost] = store.claim(now=clock.now, until=clock.now + 300, limit=5)
    assert worker.run_once() == 0
    clock.now += 300
    assert worker.run_once() == 1
    # Had it only been slow, its word would no longer count.
    assert store.finish(lost, now=clock.now) is False
    assert store.retry(lost, at=clock.now, error="late") is False


def test_two_workers_never_take_the_same_message(
    database: Database, outbox: Outbox, sealer: Sealer, clock: Clock
) -> None:
    _add(database, outbox, 200)
    recorders = [Recorder(), Recorder(), Recorder(), Recorder()]

    def drain(recorder: Recorder) -> None:
        worker = Worker(database, sealer, {"note": recorder}, clock)
        while worker.run_once():
            time.sleep(0)
        database.close()

    threads = [threading.Thread(target=drain, args=(recorder,)) for recorder in recorders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # PostgreSQL's workers pass by rows that another one holds, so the last ones may be left for a next round.
    drain(recorders[0])
    delivered = Counter(message.id for recorder in recorders for message in recorder.seen)
    assert len(delivered) == 200
    assert set(delivered.values()) == {1}


def test_it_runs_until_told_to_stop(database: Database, outbox: Outbox, worker: Worker, recorder: Recorder) -> None:
    stop = threading.Event()

    def run() -> None:
        worker.run_forever(stop, pause=0.01)
        database.close()

    thread = threading.Thread(target=run)
    thread.start()
    _add(database, outbox)
    deadline = time.monotonic() + 5
    while not recorder.seen and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(recorder.seen) == 1


def test_old_messages_are_swept(database: Database, outbox: Outbox, worker: Worker, clock: Clock) -> None:
    _add(database, outbox, 2)
    worker.run_once()
    _add(database, outbox)
    with database.write() as tx:
        assert OutboxStore(database).purge(tx, before=clock.now + 1) == 2
    assert OutboxStore(database).waiting() == 1
