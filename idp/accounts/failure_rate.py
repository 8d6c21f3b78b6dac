"""Rate of wrong passwords, of everybody together: whether there are far more of them in this hour than there usually are in one.

It refuses nothing; it decides how much work an unknown browser is asked for. Counted by hour for a week, in a few rows for each hour, so
that failures at the same moment seldom wait for one another. Usual is the week's median: days of a flood don't make it usual.
"""

import secrets
import statistics

from config.tuning import HOUR, ProofOfWorkSettings
from idp.clock import Clock
from idp.db import Database, Tx

_SHARDS = 8
_WEEK = 7 * 24
_FRESH_SECONDS = 5
"""For which a worker goes by what it has read."""
_COUNT = """
INSERT INTO sign_in_failures (hour, shard, count) VALUES (:hour, :shard, 1)
ON CONFLICT (hour, shard) DO UPDATE SET count = sign_in_failures.count + 1
"""
_BY_HOUR = "SELECT hour, sum(count) AS count FROM sign_in_failures WHERE hour >= :first GROUP BY hour"


class FailureRate:
    """Counts wrong passwords from unknown browsers."""

    def __init__(self, database: Database, clock: Clock, settings: ProofOfWorkSettings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._read_at = -_FRESH_SECONDS
        self._level = 0

    def count(self, tx: Tx) -> None:
        """Count one. The last statement of its transaction, so that nobody waits here while holding what others wait for."""
        tx.run(_COUNT, hour=self._clock() // HOUR, shard=secrets.randbelow(_SHARDS))

    def level(self) -> int:
        """Return 0 while all is as usual; 1 in a flood, and one more each time that the flood doubles. Seldom reads anything."""
        now = self._clock()
        if not 0 <= now - self._read_at < _FRESH_SECONDS:
            self._level, self._read_at = self._read(now), now
        return self._level

    def purge(self, tx: Tx) -> int:
        """Delete what is older than a week; returns how many rows."""
        return tx.run("DELETE FROM sign_in_failures WHERE hour < :first", first=self._clock() // HOUR - _WEEK)

    def _read(self, now: int) -> int:
        hour, elapsed = divmod(now, HOUR)
        rows = self._database.read().all(_BY_HOUR, first=hour - _WEEK)
        counts = {row["hour"]: int(row["count"]) for row in rows}
        # The last sixty minutes, as if those of the former hour had been spread evenly.
        present = counts.get(hour, 0) + counts.get(hour - 1, 0) * (HOUR - elapsed) // HOUR
        usual = statistics.median(counts.get(hour - past, 0) for past in range(1, _WEEK + 1))
        settings = self._settings
        flood = max(settings.least_failures, int(settings.usual_times * usual))
        return min((present // flood).bit_length(), settings.levels) if present > flood else 0
