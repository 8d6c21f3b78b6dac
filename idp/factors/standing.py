"""What an account has enrolled and what the settings demand of it: all that the sign-in flow needs to know, read by one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.strong import Strong
from idp.accounts.models import ACTIVE
from idp.accounts.strength import AAL2
from idp.clock import Clock
from idp.db import Database
from idp.factors.trusted import fingerprint

_READ = """
SELECT a.username, a.name, a.status, a.roles, a.preferred_method, a.password_changed_at, a.password_expires_at, f.id, f.method, f.dead_since,
       f.last_used_at, c.not_after
FROM account a LEFT JOIN factor f ON f.account_id = a.id LEFT JOIN factor_certificate c ON c.factor_id = f.id
WHERE a.id = :id ORDER BY f.created_at
"""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An account's methods."""

    username: str
    name: str
    active: bool
    """Neither locked nor disabled."""
    methods: tuple[str, ...]
    """Of strong authentication, the preferred one first, then in the order in which they are offered."""
    backups: tuple[str, ...]
    """Ways back in."""
    unproven: tuple[str, ...]
    """Methods that somebody else has registered and that the person hasn't used yet: they may be used, and are never required."""
    must: str
    """The level that the settings demand, of everybody or of its roles; empty: none."""
    fingerprint: str
    """Changes whenever something is added or removed."""
    password_since: int = 0
    """When the password was last changed; what an earlier one proved counts no more."""
    password_is_initial: bool = False
    """Somebody else has made it: it is to be changed."""


class Standings:
    """Reads it.

    `order`: names of the methods as they are offered; `backups`: those of them that are only ways back in; `registered_by_others`:
    those that aren't proven when they are enrolled.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Strong,
        *,
        order: Sequence[str],
        backups: Iterable[str],
        registered_by_others: Iterable[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._registered_by_others = frozenset(registered_by_others)
        self._roles = frozenset(settings.roles)
        self._required = settings.required
        self._order = tuple(order)
        self._backups = frozenset(backups)

    def of(self, account_id: str) -> Enrolled:
        """Return what the account has; an unknown one has nothing."""
        rows = self._database.read().all(_READ, id=account_id)
        if not rows:
            return Enrolled("", "", active=False, methods=(), backups=(), unproven=(), must="", fingerprint="")
        first = rows[0]
        now = self._clock()
        # What has expired proves nobody any more: its owner isn't asked for it.
        rows = [row for row in rows if row["id"] and (row["not_after"] is None or row["not_after"] > now)]
        proven = [row for row in rows if row["last_used_at"] or row["method"] not in self._registered_by_others]
        # A device that can't be reached still answers on its own page: it comes last, but it counts.
        alive = {row["method"] for row in rows if row["dead_since"] is None}
        enrolled = {row["method"] for row in proven}
        known = sorted(
            (name for name in self._order if name in enrolled),
            key=lambda name: (name != first["preferred_method"], name not in alive),
        )
        return Enrolled(
            username=first["username"],
            name=first["name"],
            active=first["status"] == ACTIVE,
            methods=tuple(name for name in known if name not in self._backups),
            backups=tuple(name for name in known if name in self._backups),
            unproven=tuple(sorted({row["method"] for row in rows} - enrolled)),
            must=AAL2 if self._required or self._roles & set(first["roles"].split()) else "",
            fingerprint=fingerprint(row["id"] for row in proven),
            password_since=first["password_changed_at"],
            password_is_initial=first["password_expires_at"] is not None,
        )
