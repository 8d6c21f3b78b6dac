"""A notice on devices: to each that pushes reach, once however often it is delivered, and with nothing of the message in it."""

from typing import Any

import orjson
import pytest
from flask import Flask
from flask_babel import Babel

import idp.tables  # noqa: F401 - defines the tables
from config.settings import Relay as Limits
from idp.db import Database
from idp.notify.outbox import PURPOSE
from idp.notify.worker import Message
from idp.relay.telling import RelayedNoticeHandler
from tests.support.approving import Approving
from tests.support.approving_device import BrowserSubscription

PORTAL = "https://portal.example/messages"
NOTICE = {
    "service": "Fees",
    "subject": "Due",
    "link": f"{PORTAL}/1",
    "channels": ["push"],
    "category": "message",
    "portal": "IP Portal",
    "inbox": PORTAL,
    "settings": f"{PORTAL}/services",
}


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
    common = approving.common
    handler = RelayedNoticeHandler(
        app, common.database, common.outbox, devices=approving.push.devices, limits=Limits(), clock=clock
    )
    for message_id, sub in (("n1", approving.account_id), ("n1", approving.account_id), ("n2", "nobody")):
        handler.deliver(Message(message_id, {"sub": sub, **NOTICE}, clock()))
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
