"""Tells others: takes what is due from `sendings` and hands it over, again and again; what becomes a mail for five days, the rest for two weeks.

Each kind has a thread of its own, so that a portal that hangs keeps no mail waiting, and neither a registration. Any number of processes may do it:
each claims what it sends for a while. Whoever dies after sending leaves something that is sent once more; the inbox knows a message by its key
and the provider a certificate by its serial number, so it counts once.
"""

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

from clients.certificates import sendings
from clients.certificates.sendings import KINDS, Claimed
from clients.sso import background
from clients.sso.parts import parts
from config import backoff

if TYPE_CHECKING:
    from clients.certificates.others import Others

_log = logging.getLogger(__name__)

_LEASE = 60
"""Longer than a call takes, with the one for its token."""
_FIRST_DELAY, _LONGEST_DELAY = 2, 15 * 60
_DAY = 24 * 3600
_GIVE_UP = {"message": 5 * _DAY, "notice": 5 * _DAY}
"""What becomes a mail is tried for four to five days (RFC 5321 section 4.5.4.1); the provider remembers notices for longer."""
_GIVE_UP_OTHERS = 14 * _DAY


class Delivery:
    """Drains the queue. `app` lends its database."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._others: Others | None = None

    def start(self, stop: threading.Event | None = None) -> None:
        """Do it in the background until `stop` is set or the program ends."""
        for kind in KINDS:
            background.begin(partial(self.run_once, kind), f"delivery of {kind}", stop=stop)

    def run_once(self, kind: str) -> int:
        """Deliver what is due longest of a kind; return how many were taken in hand: one or none."""
        with self._app.app_context():
            now = int(parts().clock())
            claimed = sendings.claim(kind, now, now + _LEASE, most=1)
            for one in claimed:
                self._send(one, now)
            return len(claimed)

    def _send(self, one: Claimed, now: int) -> None:
        # `requests` and Authlib take a third of the time to start, and nothing needs them before there is something to send.
        from clients.certificates.others import LaterError, NeverError, Others  # noqa: PLC0415

        self._others = self._others or Others(parts().provider, parts().settings)
        try:
            self._others.tell(one.id, one.kind, one.payload)
        except LaterError as error:
            if now - one.created_at < _GIVE_UP.get(one.kind, _GIVE_UP_OTHERS):
                wait = backoff.delay(one.attempts, first=_FIRST_DELAY, longest=_LONGEST_DELAY)
                sendings.put_back(one, now + wait)
                _log.warning("%s was not taken, next attempt in %s s: %s", one.kind, wait, error)
                return
            _log.error("%s was not taken for %s s and is given up: %s", one.kind, now - one.created_at, error)
        except NeverError as error:
            _log.error("%s was refused and is given up: %s", one.kind, error)
        sendings.finish(one)
