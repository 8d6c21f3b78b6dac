"""Limits of codes and links by mail: how many mails go out, and how many wrong codes are looked at. The figures are `config`'s."""

from config.tuning import DAY, HOUR, MailedCodes
from idp.accounts.identifiers import address_key
from idp.accounts.quotas import Quota, Quotas
from idp.db import Tx

REPEATED_WITHIN = 30
"""Seconds in which asking for the same mail again is a double click, or a form that was sent again because its answer was slow."""


class MailLimits:
    """The quotas. `subject` is an account's id, or what stands in its place."""

    def __init__(self, quotas: Quotas, limits: MailedCodes) -> None:
        self._quotas = quotas
        self._mails_an_hour = limits.mails_an_hour
        self._wrong_codes = Quota("wrong codes", limits.wrong_codes_a_day, DAY)
        # What strangers can have sent to any address mustn't use up what its owner gets back in by.
        self._to_address = Quota("mails to address", limits.mails_an_hour_to_address, HOUR)
        self._resets_to_address = Quota("resets to address", limits.mails_an_hour_to_address, HOUR)
        self._same = Quota("same mail", 1, REPEATED_WITHIN)
        self._usernames_to_address = Quota("usernames to address", limits.mails_an_hour, HOUR)

    def is_repeated(self, tx: Tx, what: str) -> bool:
        """Tell whether the same was asked for moments ago: one event sends one mail. Until `tx` ends, others that ask for it wait."""
        return self._quotas.take(tx, self._same, what) == 0

    def count_mail(self, tx: Tx, purpose: str, subject: str) -> bool:
        """Count a mail about one purpose; False when there were too many. Until `tx` ends, others wait for the subject either way."""
        return self._quotas.take(tx, Quota(f"mails {purpose}", self._mails_an_hour, HOUR), subject) > 0

    def count_mail_to(self, tx: Tx, address: str, *, reset: bool) -> bool:
        """Count a mail to an address, over all that it is asked for; False when there were too many."""
        quota = self._resets_to_address if reset else self._to_address
        return self._quotas.take(tx, quota, address_key(address)) > 0

    def count_usernames_to(self, tx: Tx, address: str) -> bool:
        """Count a mail that names the accounts of an address; False when there were too many."""
        return self._quotas.take(tx, self._usernames_to_address, address_key(address)) > 0

    def count_code(self, tx: Tx, subject: str) -> bool:
        """Count a code before it is looked at; False when there were too many wrong ones."""
        return self._quotas.take(tx, self._wrong_codes, subject) > 0

    def code_was_right(self, tx: Tx, subject: str) -> None:
        """Count it no more."""
        self._quotas.give_back(tx, self._wrong_codes, subject)

    def is_code_off(self, tx: Tx, subject: str) -> bool:
        """Tell whether there were too many wrong codes."""
        return self._quotas.is_spent(tx, self._wrong_codes, subject)

    def purge(self, tx: Tx) -> int:
        """Delete what counts nothing any more; returns how many."""
        return self._quotas.purge(tx)
