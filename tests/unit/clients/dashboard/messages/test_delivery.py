"""Telling people of messages: once each, later when the provider is away, never what it refuses or what was read meanwhile."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from flask import Flask

from clients.dashboard.messages.delivery import Delivery
from clients.dashboard.messages.models import Message
from clients.dashboard.messages.notices import Claimed
from clients.dashboard.messages.relay import LaterError, plain
from clients.sso.db import db

Post = Callable[..., str]


class Relay:
    """Takes everything, but for what it is told to refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bool, bool]] = []
        self.refuse: set[str] = set()
        self.away: LaterError | None = None
        self.full: set[str] = set()

    def send(self, notices: Sequence[tuple[Claimed, Message]]) -> set[str]:
        if self.away:
            raise self.away
        if notices[0][1].service in self.full:
            raise LaterError("the provider answered 429", 60)
        self.sent += [(message.subject, one.email, one.push) for one, message in notices]
        return {message.id for _, message in notices if message.subject in self.refuse}


class Work(NamedTuple):
    """The delivery of an app, and the relay that it hands notices to."""

    app: Flask
    relay: Relay
    delivery: Delivery

    def run(self) -> int:
        return self.delivery.run_once(security=True) + self.delivery.run_once(security=False)

    def left(self) -> int:
        with self.app.app_context():
            return int(db.session.execute(db.text("SELECT count(*) FROM message_notice")).scalar_one())


@pytest.fixture
def work(app: Flask) -> Work:
    relay = Relay()
    return Work(app, relay, Delivery(app, lambda: relay))  # type: ignore[arg-type, return-value]


@pytest.fixture
def alarm(post: Post) -> Callable[..., str]:
    """Post what always goes by mail."""
    return lambda subject, **more: post(subject=subject, category="security", **more)


def test_each_is_sent_once(work: Work, alarm: Post) -> None:
    assert work.run() == 0
    alarm("1"), alarm("2")
    assert [work.run(), work.run()] == [2, 0]
    assert work.relay.sent == [("1", True, False), ("2", True, False)]
    assert work.left() == 0


def test_it_waits_for_a_provider_that_is_away(work: Work, alarm: Post, clock: Any) -> None:
    alarm("1")
    work.relay.away = LaterError("ConnectionError")
    waits = []
    for _ in range(5):
        began = clock.offset
        while not work.run():
            clock.offset += 1
        waits.append(clock.offset - began)
    assert waits[0] == 0
    assert waits[1:] == sorted(waits[1:])
    assert 2 <= waits[1] <= 4
    assert waits[4] >= 16
    work.relay.away = LaterError("the provider answered 429", 500)
    clock.offset += 60
    assert work.run() == 1
    work.relay.away = None
    clock.offset += 490
    assert work.run() == 0
    clock.offset += 140
    assert (work.run(), work.relay.sent, work.left()) == (1, [("1", True, False)], 0)


def test_a_service_that_sends_too_much_keeps_no_other_ones_waiting(work: Work, alarm: Post) -> None:
    with work.app.app_context():
        for service in ("flood", "quiet"):
            alarm(service)
            db.session.execute(db.text("UPDATE message SET service = :name WHERE subject = :name"), {"name": service})
            db.session.commit()
    work.relay.full = {"flood"}
    assert work.run() == 2
    assert (work.relay.sent, work.left()) == ([("quiet", True, False)], 1)


def test_security_waits_for_no_other_notice(work: Work, alarm: Post, arrive: Any, csrf: Any, post: Post) -> None:
    post(subject="first of the service")
    browser = arrive()
    token = csrf(browser.get("/messages/services"))
    browser.post("/messages/services", data={"csrf_token": token, "service": "notices", "email": "notices"})
    post(subject="ordinary"), alarm("alarm")
    taken, go = threading.Event(), threading.Event()
    usual = work.relay.send

    def hang(notices: Sequence[tuple[Claimed, Message]]) -> set[str]:
        if not notices[0][1].security:
            taken.set()
            assert go.wait(10)
        return usual(notices)

    work.relay.send = hang  # type: ignore[method-assign]
    with ThreadPoolExecutor(1) as pool:
        ordinary = pool.submit(work.delivery.run_once, security=False)
        assert taken.wait(10)
        assert work.delivery.run_once(security=True) == 1
        assert work.relay.sent == [("alarm", True, False)]
        go.set()
        assert ordinary.result(10) == 1
    assert work.left() == 0


def test_old_news_are_given_up(work: Work, alarm: Post, clock: Any) -> None:
    alarm("1")
    work.relay.away = LaterError("ConnectionError")
    clock.offset += 5 * 24 * 3600 - 60
    assert (work.run(), work.left()) == (1, 1)
    clock.offset += 60
    assert (work.run(), work.left()) == (1, 0)


def test_what_is_refused_is_not_sent_again(work: Work, alarm: Post) -> None:
    alarm("good"), alarm("bad")
    work.relay.refuse = {"bad"}
    assert (work.run(), work.left()) == (2, 0)


def test_what_a_dead_worker_held_is_sent_by_another(
    work: Work, alarm: Post, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm("1")

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(work.relay, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        work.run()
    monkeypatch.undo()
    assert work.run() == 0  # it may still be at work
    clock.offset += 31
    assert (work.run(), work.relay.sent) == (1, [("1", True, False)])


def test_nobody_is_told_of_what_they_have_read_or_what_is_gone(
    work: Work, post: Post, arrive: Any, csrf: Any, clock: Any
) -> None:
    post()
    browser = arrive()
    token = csrf(browser.get("/messages/services"))
    browser.post("/messages/services", data={"csrf_token": token, "service": "notices", "email": "notices"})
    read = post(subject="read")
    post(subject="gone", expires_at=datetime.fromtimestamp(clock() + 5, UTC).isoformat())
    post(subject="new")
    browser.get(f"/messages/{read}")
    clock.offset += 10
    assert work.run() == 3
    assert (work.relay.sent, work.left()) == ([("new", True, False)], 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fees", "Fees"),
        ("a\r\nBcc: x", "a Bcc: x"),
        ("pay \u202eecnanif\u202c now", "pay ecnanif now"),
        ("<b>x</b> 1 < 2", "‹b>x‹/b> 1 ‹ 2"),
        ("\u2066\u2069", "…"),
        ("שלום", "שלום"),
        ("x" * 30, "x" * 20),
    ],
)
def test_a_line_that_reads_the_same_everywhere(text: str, shown: str) -> None:
    assert plain(text, 20) == shown
