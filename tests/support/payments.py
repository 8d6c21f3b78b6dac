"""Payments as services post them, in the portal's own process."""

import json
from typing import Any

from clients.dashboard.payments.posting import Posting
from clients.dashboard.payments.wire import Invoices, Movements

NOW = 1_800_000_000
posting = Posting(lambda: NOW)


def post(*invoices: dict[str, Any], service: str = "fees", key: str = "") -> list[str]:
    usual = {"sub": "alice", "title": "Fee", "currency": "CHF", "amount": "10.00", "due": "2030-01-31"}
    sent = json.dumps({"invoices": [usual | {"reference": f"R{at}"} | one for at, one in enumerate(invoices)]})
    return posting.post_invoices(service, Invoices.model_validate_json(sent).invoices, key=key, sent=sent.encode())


def move_money(*movements: dict[str, Any]) -> list[str]:
    usual = {"sub": "alice", "currency": "CHF", "amount": "10.00", "kind": "deposit", "date": "2027-01-03", "text": "x"}
    sent = json.dumps({"movements": [usual | {"reference": f"M{at}"} | one for at, one in enumerate(movements)]})
    return posting.post_movements("bank", Movements.model_validate_json(sent).movements, key="", sent=sent.encode())
