"""Messages that are to be told of, on both engines: with the message or not at all, in one hand at a time, lost by nobody's death."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from clients.dashboard.app import create
from clients.dashboard.messages import choices, notices
from clients.dashboard.messages import posting as posting_module
from clients.dashboard.messages.choices import Choice
from clients.dashboard.messages.notices import Claimed
from clients.dashboard.messages.posting import Posting, TooManyError
from clients.dashboard.messages.wire import Batch
from clients.sso.db import db
from config.settings import load_relying_party

NOW = 1_800_000_000
WORKERS = 8
posting = Posting(lambda: NOW, {"fees"})


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


def post(number: int, sub: str = "alice", key: str = "") -> list[str]:
    one = {"sub": sub, "subject": "Fees", "body": "Pay.", "category": "security"}
    sent = json.dumps({"messages": [one] * number})
    return posting.post("fees", Batch.model_validate_json(sent).messages, key=key, sent=sent.encode())


def claim(now: int = NOW, most: int = 100) -> list[Claimed]:
    return notices.claim(now, security=True, until=now + 30, most=most)


def left() -> int:
    return int(db.session.execute(db.text("SELECT count(*) FROM message_notice")).scalar_one())


def test_each_is_in_one_hand(app: Flask) -> None:
    ids = post(300)

    def work(_number: int) -> list[str]:
        mine: list[str] = []
        with app.app_context():
            while some := claim(most=7):
                mine += [one.message_id for one in some]
                notices.finish(some[::2])
        return mine

    with ThreadPoolExecutor(WORKERS) as pool:
        taken = Counter(one for mine in pool.map(work, range(WORKERS)) for one in mine)
    assert taken == Counter(ids)
    assert 0 < left() < 150
    assert len(claim(NOW + 31, 300)) == left()


def test_a_claim_that_ran_out_counts_no_more(app: Flask) -> None:
    post(1)
    (dead,) = claim()
    (living,) = claim(NOW + 31)
    notices.finish([dead])
    notices.put_back([dead], NOW, give_up=NOW)
    assert (left(), claim(NOW + 31)) == (1, [])
    notices.finish([living])
    assert left() == 0


def test_put_back_and_given_up(app: Flask) -> None:
    post(1)
    notices.put_back(claim(), NOW + 10, give_up=NOW - 1)
    assert claim(NOW + 9) == []
    (again,) = claim(NOW + 10)
    assert again.attempts == 2
    notices.put_back([again], NOW + 20, give_up=NOW)
    assert left() == 0


def test_what_was_not_posted_is_not_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    post(2, key="k"), post(2, key="k")
    assert left() == 2
    monkeypatch.setattr(posting_module, "MOST_A_MINUTE", 3)
    with pytest.raises(TooManyError):
        post(2)
    assert left() == 2


def test_choices_at_once(app: Flask) -> None:
    post(1), post(1, "bob")

    def choose(number: int) -> bool:
        with app.app_context():
            return choices.save("alice", Choice(email=number % 2 == 0), {"fees": Choice(push=True)})

    with ThreadPoolExecutor(WORKERS) as pool:
        assert all(pool.map(choose, range(WORKERS)))
    assert choices.of_people("fees", ["alice", "bob"]) == {"alice": Choice(push=True), "bob": Choice()}
    assert not choices.save("carol", Choice(email=True), {"fees": Choice(email=True)})
    assert choices.of_new_services("carol") == Choice()
