"""Slows down those who ask for mails or try names: every request counts, whatever its answer, so that the count tells nothing."""

from http import HTTPStatus

from flask_babel import gettext as _
from flask_babel import ngettext

from idp.accounts.identifiers import address_key
from idp.db import Database
from idp.errors import PageError
from idp.web import throttle
from keys import hashing


class Brake:
    """Counts requests of one kind, per network address and per address (or name) that they are about."""

    def __init__(self, database: Database, counter: throttle.Throttle) -> None:
        self._database = database
        self._throttle = counter

    def count(self, what: str, *, about: str, ip: str | None) -> None:
        """Count a request; raises PageError (429) when it comes too soon after too many others."""
        keys = [throttle.account(f"{what} {address_key(about)}")]
        if ip:
            network = throttle.address(ip)
            # A bucket of its own: an office whose staff sign up together mustn't wait at the sign-in page.
            keys.append(network._replace(hash=hashing.digest(f"{what} {network.hash}")))
        if wait := self._throttle.check(*keys):
            minutes = -(-wait // 60)
            raise PageError(
                HTTPStatus.TOO_MANY_REQUESTS,
                _("Please wait a little"),
                ngettext(
                    "This was asked for too often. Try again in a minute.",
                    "This was asked for too often. Try again in %(num)d minutes.",
                    minutes,
                ),
                retry_after=wait,
            )
        with self._database.write() as tx:
            self._throttle.failed(tx, *keys)
