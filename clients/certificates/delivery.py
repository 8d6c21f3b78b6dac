"""Tells others: takes what is due from `sendings` and hands it over, again and again; and reminds people before certificates end.

Any number of processes may do it: each claims what it sends for a while. Whoever dies after sending leaves something that is sent once
more; the inbox knows a message by its key and the provider a certificate by its serial number, so it counts once.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from clients.certificates import sendings
from clients.certificates.sendings import Claimed
from clients.sso import background
from clients.sso.parts import parts

if TYPE_CHECKING:
    from clients.certificates.others import Others

_log = logging.getLogger(__name__)

_LEASE = 60
_FIRST_DELAY, _LONGEST_DELAY = 2, 15 * 60
_GIVE_UP = 14 * 24 * 3600
_REMIND_SECONDS = 3600


class Delivery:
    """Drains the queue. `app` lends its database; `remind` is called about once an hour."""

    def __init__(self, app: Flask, remind: Callable[[], int]) -> None:
        self._app = app
        self._remind = remind
        self._reminded_at = 0
        self._others: Others | None = None

    def start(self) -> None:
        """Do it in the background for as long as the program runs."""
        background.begin(self.run_once, "delivery")

    def run_once(self) -> int:
        """Deliver what is due, a few at a time; return how many were taken in hand."""
        with self._app.app_context():
            now = int(parts().clock())
            if now - self._reminded_at >= _REMIND_SECONDS:
                self._remind()
                self._reminded_at = now
            claimed = sendings.claim(now, now + _LEASE)
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
            _log.warning("%s was not taken: %s", one.kind, error)
            if now - one.created_at < _GIVE_UP:
                sendings.put_back(one.id, now + min(_LONGEST_DELAY, _FIRST_DELAY << min(one.attempts - 1, 20)))
                return
        except NeverError as error:
            _log.error("%s was refused and is given up: %s", one.kind, error)
        sendings.finish(one.id)
