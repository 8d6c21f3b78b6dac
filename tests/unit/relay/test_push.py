"""A notice on devices: to each that pushes reach, once however often it is delivered, and with nothing of the message in it."""

from typing import Any

import orjson
import pytest
from flask import Flask
from flask_babel import Babel

import idp.tables  # noqa: F401 - defines the tables
from idp.db import Database
from idp.notify.outbox import PURPOSE
from idp.notify.worker import Message
from idp.relay.push import RelayedPushHandler
from tests.support.approving import Approving
from tests.support.approving_device import BrowserSubscription

PAYLOAD = {"locale": "pt-BR", "service": "Fees", "subject": "Due", "link": "https://portal.example/messages/1"}


@pytest.fixture
def app() -> Flask:
    made = Flask("test")
    Babel(made)
    return made


@pytest.fixture
def approving(database: Database, tmp_path: Any) -> Approving:
    return Approving(database, tmp_path)


def queued(approving: Approving) -> list[dict[str, Any]]:
    rows = approving.common.database.read().all("SELECT payload FROM outbox WHERE kind = 'push' AND done_at IS NULL")
    return [orjson.loads(approving.people.sealer.open(row["payload"], purpose=PURPOSE)) for row in rows]


def test_on_every_device_that_pushes_reach(app: Flask, approving: Approving) -> None:
    approving.add_device(subscription=BrowserSubscription(), name="Tablet")
    approving.add_device(subscription=BrowserSubscription(), name="Watch")
    clock = approving.common.clock
    handler = RelayedPushHandler(app, approving.common.database, approving.push.devices, clock)
    handler.deliver(Message("n1", {"account_id": approving.account_id, **PAYLOAD}, clock()))
    handler.deliver(Message("n2", {"account_id": "nobody", **PAYLOAD}, clock()))
    handler.end_batch()
    pushes = queued(approving)
    assert len(pushes) == 2
    assert len({one["device"] for one in pushes}) == 2
    for one in pushes:
        assert (one["urgency"], one["topic"], one["expires_at"]) == ("normal", "", clock() + 24 * 3600)
        assert one["content"] == {
            "kind": "notice",
            "id": "n1",
            "title": "Fees has written to you",
            "body": "Due",
            "url": "https://portal.example/messages/1",
        }
