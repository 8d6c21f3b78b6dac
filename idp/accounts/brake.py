"""Rate limit of requests for mails and names: every request counts, whatever its answer, so that the count tells nothing.

Requests about one name count by network, so that nobody can use up somebody else's: least of all their way to recover an account.
"""

from http import HTTPStatus

from flask_babel import gettext as _
from flask_babel import ngettext

from idp.accounts.identifiers import address_key
from idp.db import Database
from idp.errors import PageError
from idp.web.proxies import network
from idp.web.rate_limit import RateLimiter

_TO_STRANGERS = frozenset({"sign_up", "change_email", "recovery_email"})
"""Requests whose mail goes to an address that nobody has confirmed: its owner gets a bounded number, whoever asks."""


class Brake:
    """Counts requests of one kind, per network address and per address (or name) that they are about."""

    def __init__(self, database: Database, limiter: RateLimiter) -> None:
        self._database = database
        self._limiter = limiter

    def count(self, what: str, *, about: str, ip: str | None) -> None:
        """Count a request; raises PageError (429) when it comes too soon after too many others."""
        limiter, about = self._limiter, address_key(about)
        buckets = [*limiter.networks(ip, what), limiter.bucket("request", what, about, network(ip or ""))]
        if what in _TO_STRANGERS:
            buckets.append(limiter.bucket("request_address", what, about))
        # Waiting for the disk would only make a flood cost more: what a power cut forgets is one count.
        with self._database.write(durable=False) as tx:
            taken = limiter.take(tx, *buckets)
        if taken.refused is None:
            return
        minutes = -(-taken.wait // 60)
        raise PageError(
            HTTPStatus.TOO_MANY_REQUESTS,
            _("Please wait a little"),
            ngettext(
                "This was asked for too often. Try again in a minute.",
                "This was asked for too often. Try again in %(num)d minutes.",
                minutes,
            ),
            retry_after=taken.wait,
        )
