"""Mark of a browser in which mail of an account has just been read: the account was activated, or its password reset, by what was mailed.

The session that begins here next takes it over, once, so that nobody is asked for another code at once. The cookie has a secret of which
the database has the digest (`address_proofs`).
"""

from flask import session as cookie

from idp.accounts.build import Accounts
from idp.db import Tx

_FIELD = "mail_read"


def keep(accounts: Accounts, confirmation_id: str, account_id: str) -> None:
    """Mark this browser, after what was mailed has been used up in it."""
    with accounts.database.write(durable=False) as tx:
        cookie[_FIELD] = accounts.address_proofs.leave(tx, confirmation_id, account_id)


def take(accounts: Accounts, tx: Tx, account_id: str) -> int:
    """Return when mail of this account was read here, and remove the mark; 0 when it wasn't."""
    at = accounts.address_proofs.take(tx, account_id, str(cookie.get(_FIELD, "")))
    if at:
        cookie.pop(_FIELD)
    return at
