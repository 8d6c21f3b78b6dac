import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from idp.db import Database
from idp.notify import Outbox
from idp.notify.store import OutboxStore
from idp.notify.worker import DeliveryPolicy, Message, Undeliverable, Worker
from keys.sealing import Sealer
from tests.support.programs import until
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


@pytest.mark.parametrize("days", [5, 30])
def test_it_is_given_up_by_its_age_however_often_it_failed(
    database: Database, outbox: Outbox, sealer: Sealer, clock: Clock, days: int
) -> None:
    recorder, began = Recorder([OSError()] * 1000), clock.now
    policies = {"note": DeliveryPolicy(give_up_after=days * 24 * 3600)}
    worker = Worker(database, sealer, {"note": recorder}, clock, policies)
    _add(database, outbox)
    while worker.run_once():
        assert clock.now - began < (days + 1) * 24 * 3600
        clock.now = max(clock.now, int(str(_row(database)["next_attempt_at"])))
    row = _row(database)
    assert days * 24 * 3600 <= int(str(row["failed_at"])) - began < (days + 0.2) * 24 * 3600
    # Every three hours in the end, not once a day and not every minute.
    assert 6 * days <= len(recorder.seen) <= 8 * days + 15


class Hanging(Recorder):
    """A handler whose receiver doesn't answer some messages before it is told to."""

    def __init__(self, hangs: Callable[[Message], bool]) -> None:
        super().__init__()
        self.hangs = hangs
        self.asked, self.released = threading.Event(), threading.Event()

    def deliver(self, message: Message) -> None:
        if self.hangs(message):
            self.asked.set()
            assert self.released.wait(20)
        super().deliver(message)


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_forever, args=(stop,), kwargs={"pause": 0.01})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_a_mail_server_that_hangs_keeps_nothing_else_waiting(
    database: Database, outbox: Outbox, sealer: Sealer, clock: Clock, recorder: Recorder
) -> None:
    mail = Hanging(lambda _message: True)
    with database.write() as tx:
        outbox.add(tx, "mail", {})
    with running(Worker(database, sealer, {"mail": mail, "note": recorder}, clock)):
        assert mail.asked.wait(20)
        _add(database, outbox, 30)
        until(lambda: len(recorder.seen) == 30, "the others are delivered")
        assert mail.seen == []
        mail.released.set()


def test_a_service_that_hangs_keeps_no_other_one_waiting(
    database: Database, outbox: Outbox, sealer: Sealer, clock: Clock
) -> None:
    handler = Hanging(lambda message: message.payload["number"] == 0)
    worker = Worker(database, sealer, {"note": handler}, clock, {"note": DeliveryPolicy(threads=4)})
    _add(database, outbox, 30)
    with running(worker):
        until(lambda: len(handler.seen) == 29, "the others are told")
        handler.released.set()
        until(lambda: len(handler.seen) == 30, "the last one is told")


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
    [lost] = store.claim("note", now=clock.now, until=clock.now + 300, limit=5)
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
