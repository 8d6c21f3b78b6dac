"""What services do: post invoices and movements, as a whole or not at all and once, and say what has become of an invoice."""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Any

from clients.dashboard.messages.posting import folded
from clients.dashboard.payments import intake, states
from clients.dashboard.payments.models import Invoice, Movement
from clients.dashboard.payments.months import month_of
from clients.dashboard.payments.wire import NewInvoice, NewMovement
from clients.sso.crypto import digest

MOST_A_MINUTE = 10_000
"""Entries of one service."""
REMEMBERED_SECONDS = 7 * 24 * 3600
"""How long a repeated key is known to be one; a reference always is."""
_TRIES = 5
_MOST_FOUND = 1_000


class UnacceptableError(Exception):
    """Some entries can't be stored; `errors` says which and why: number of the entry, field, sentence."""

    def __init__(self, errors: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class TakenError(UnacceptableError):
    """Something else was posted under some of these references."""


class OtherContentError(Exception):
    """The same idempotency key came with something else before."""


class TooManyError(Exception):
    """The service has posted as much as it may in a minute."""


class NotFoundError(Exception):
    """The service has no such invoice."""


class Posting:
    """The use cases. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def post_invoices(self, service: str, invoices: Sequence[NewInvoice], *, key: str, sent: bytes) -> list[str]:
        """Return the invoices' ids, in their order; those that came before keep theirs.

        Raises UnacceptableError, TakenError, OtherContentError, TooManyError: then nothing was stored.
        """
        now = self._clock()
        rows = [_invoice(one, service, now) for one in invoices]
        today = datetime.fromtimestamp(now, UTC).date()
        late = [
            (at, "paid_on", "It lies in the future.")
            for at, one in enumerate(invoices)
            if one.paid_on and one.paid_on > today
        ]
        if late:
            raise UnacceptableError(late)
        changes = [
            {"invoice": row["id"], "sub": row["sub"], "before": "", "after": row["state"], "service": service}
            | {"payment": None, "at": row["changed_at"]}
            for row in rows
        ]
        return self._post(service, Invoice, rows, changes, key=key, sent=sent)

    def post_movements(self, service: str, movements: Sequence[NewMovement], *, key: str, sent: bytes) -> list[str]:
        """Return the movements' ids, in their order. Raises as `post_invoices` does."""
        now = self._clock()
        return self._post(
            service, Movement, [_movement(one, service, now) for one in movements], (), key=key, sent=sent
        )

    def _post(
        self,
        service: str,
        table: intake.Table,
        rows: list[dict[str, Any]],
        changes: Sequence[dict[str, Any]],
        *,
        key: str,
        sent: bytes,
    ) -> list[str]:
        now, named = self._clock(), [row["reference"] for row in rows]
        twice = (
            [at for at, reference in enumerate(named) if reference in named[:at]]
            if len(set(named)) < len(named)
            else []
        )
        if twice:
            raise UnacceptableError([(at, "reference", "It stands twice in this call.") for at in twice])
        posting = {
            "service": service,
            "key_hash": digest(key or secrets.token_urlsafe(24)),
            "fingerprint": hashlib.sha256(f"{table.__tablename__}\n".encode() + sent).hexdigest(),
            "entries": len(rows),
            "created_at": now,
        }
        try:
            made = intake.post_once(posting, table, rows, changes, most=MOST_A_MINUTE, since=now - 60)
        except intake.TakenError as error:
            text = "You have posted something else under this reference."
            raise TakenError([(at, "reference", text) for at in error.places]) from error
        intake.forget(now - REMEMBERED_SECONDS)
        if made is None:
            raise TooManyError
        if made.fingerprint != posting["fingerprint"]:
            raise OtherContentError
        return made.ids.split()

    def find(self, service: str, **named: str) -> Sequence[Invoice]:
        """Return the service's invoices with this `id`, `reference` or `payment`."""
        return (
            intake.find_invoices(service, most=_MOST_FOUND, **named)
            if all(map(str.isprintable, named.values()))
            else []
        )

    def change(self, service: str, invoice_id: str, after: str) -> Invoice:
        """Put an invoice into another state and return it; into the one that it has is no change.

        Raises NotFoundError, states.TransitionError.
        """
        now = self._clock()
        for _try in range(_TRIES):
            found = self.find(service, id=invoice_id)
            if not found:
                raise NotFoundError
            invoice = found[0]
            if invoice.state == after:
                return invoice
            states.check(states.SERVICE, invoice.state, after)
            month = month_of(now) if after == "paid" else None
            if intake.change_state(invoice, after, paid_month=month, now=now):
                break
        return self.find(service, id=invoice_id)[0]


def _fingerprint(sent: NewInvoice | NewMovement) -> str:
    return hashlib.sha256(
        json.dumps(sent.model_dump(mode="json") | {"amount": sent.minor}, sort_keys=True).encode()
    ).hexdigest()


def _common(sent: NewInvoice | NewMovement, service: str, now: int) -> dict[str, Any]:
    return {
        "id": secrets.token_urlsafe(16),
        "sub": sent.sub,
        "service": service,
        "reference": sent.reference,
        "fingerprint": _fingerprint(sent),
        "currency": sent.currency,
        "created_at": now,
    }


def _invoice(sent: NewInvoice, service: str, now: int) -> dict[str, Any]:
    paid = sent.state == "paid"
    then = int(datetime.combine(sent.paid_on, time(), UTC).timestamp()) if sent.paid_on else now
    return _common(sent, service, now) | {
        "title": sent.title,
        "amount": sent.minor,
        "due": sent.due,
        "link": sent.link or "",
        "state": sent.state,
        "version": 0,
        "payment": None,
        "changed_at": then,
        "paid_month": month_of(then) if paid else None,
        "searched": folded(f"{sent.title}\n{sent.reference}"),
    }


def _movement(sent: NewMovement, service: str, now: int) -> dict[str, Any]:
    return _common(sent, service, now) | {
        "amount": sent.minor if sent.kind == "deposit" else -sent.minor,
        "day": sent.date,
        "month": f"{sent.date:%Y-%m}",
        "text": sent.text,
    }
