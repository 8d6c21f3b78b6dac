"""Rate limits of codes and links by mail: how many mails go out, and how many wrong codes are looked at."""

from idp.accounts.identifiers import address_key
from idp.db import Tx
from idp.web.rate_limit import RateLimiter


class MailLimits:
    """Counts them. `subject` is an account's id, or what stands in its place."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    def is_repeated(self, tx: Tx, what: str) -> bool:
        """Tell whether the same was asked for moments ago: one event sends one mail. Until `tx` ends, others that ask for it wait."""
        return not self._take(tx, "same_mail", what)

    def count_mail(self, tx: Tx, purpose: str, subject: str) -> bool:
        """Count a mail about one purpose; False when there were too many. Until `tx` ends, others wait for the subject either way."""
        return self._take(tx, "mails", purpose, subject)

    def count_mail_to(self, tx: Tx, address: str, *, reset: bool) -> bool:
        """Count a mail to an address, over all that it is asked for; False when there were too many."""
        # What strangers can have sent to any address mustn't use up what its owner gets back in by.
        return self._take(tx, "resets_to_address" if reset else "mails_to_address", address_key(address))

    def count_usernames_to(self, tx: Tx, address: str) -> bool:
        """Count a mail that names the accounts of an address; False when there were too many."""
        return self._take(tx, "usernames_to_address", address_key(address))

    def count_code(self, tx: Tx, subject: str) -> bool:
        """Count a code before it is looked at; False when there were too many wrong ones."""
        return self._take(tx, "wrong_codes", subject)

    def code_was_right(self, tx: Tx, subject: str) -> None:
        """Count it no more."""
        self._limiter.refund(tx, self._limiter.bucket("wrong_codes", subject))

    def is_code_off(self, tx: Tx, subject: str) -> bool:
        """Tell whether there were too many wrong codes."""
        return self._limiter.wait(tx, self._limiter.bucket("wrong_codes", subject)) > 0

    def _take(self, tx: Tx, name: str, *subject: str) -> bool:
        return self._limiter.take(tx, self._limiter.bucket(name, *subject)).refused is None
