"""Exponential backoff with jitter: how long to wait before the next attempt at something that failed, the same for every outbox."""

import random

_MOST_DOUBLINGS = 20


def delay(attempts: int, *, first: int, longest: int, least: int = 0) -> int:
    """Return the seconds to wait after so many attempts: twice as long each time, at most `longest`, a quarter more at random.

    `least` is what the receiver asked for (`Retry-After`, RFC 9110 section 10.2.3); no more than `longest` of it counts either. The random part
    spreads what waits, so that a receiver that comes back isn't met by everything at once.
    """
    doubled = first << min(max(attempts, 1) - 1, _MOST_DOUBLINGS)
    seconds = min(longest, max(least, doubled))
    return seconds + random.randrange(1 + seconds // 4)  # noqa: S311 - spreads, and is no secret
