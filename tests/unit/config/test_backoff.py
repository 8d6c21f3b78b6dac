"""Backoff: longer each time, bounded with its random part, however often it was tried."""

from config import backoff


def test_it_grows_to_a_bound_and_is_spread() -> None:
    for attempts, doubled in ((0, 2), (1, 2), (2, 4), (3, 8), (10, 900), (10_000, 900)):
        waits = {backoff.delay(attempts, first=2, longest=900) for _ in range(200)}
        assert min(waits) >= doubled
        assert max(waits) <= doubled * 5 // 4
    assert len(waits) > 50


def test_what_the_receiver_asks_for_counts_within_the_bound() -> None:
    assert 60 <= backoff.delay(1, first=2, longest=900, least=60) <= 75
    assert 900 <= backoff.delay(1, first=2, longest=900, least=10**9) <= 1125
