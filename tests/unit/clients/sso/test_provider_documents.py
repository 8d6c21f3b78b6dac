"""While the provider is away its documents go on serving, nobody waits for it, and a withdrawn key is soon refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clients.sso.outcomes import ProviderUnavailableError
from clients.sso.provider_documents import RETRY_SECONDS, CachedDocument
from tests.support.clock import TurnedClock

KEYS_URL = "/jwks"
Make = Callable[..., CachedDocument]


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def make(provider: Any, clock: TurnedClock) -> Make:
    return lambda: CachedDocument(lambda: provider.issuer + KEYS_URL, clock, fresh_seconds=45)


def away(provider: Any) -> None:
    provider.answer = lambda *_: (500, {})


def test_a_withdrawn_key_is_gone_within_a_minute(provider: Any, make: Make, clock: TurnedClock) -> None:
    document = make()
    assert len(document.get()["keys"]) == 1
    provider.published = []
    clock.now += 44
    assert len(document.get()["keys"]) == 1
    clock.now += 1
    assert document.get()["keys"] == []


def test_what_was_known_goes_on_serving(provider: Any, make: Make, clock: TurnedClock) -> None:
    document = make()
    known = document.get()
    away(provider)
    clock.now += 20 * 3600
    assert document.get() == known
    with pytest.raises(ProviderUnavailableError):
        document.get_current(60)
    clock.now += 5 * 3600
    with pytest.raises(ProviderUnavailableError):
        document.get()


def test_a_failure_is_remembered_for_seconds(provider: Any, make: Make, clock: TurnedClock) -> None:
    document = make()
    document.get()
    answer = provider.answer
    provider.fetched.clear()
    asked: list[str] = []
    provider.answer = lambda path, *_: (asked.append(path), (500, {}))[1]
    clock.now += 60
    for _ in range(20):
        document.get()
    assert len(asked) == 1
    provider.answer = answer
    clock.now += RETRY_SECONDS
    document.get()
    assert provider.fetched == [KEYS_URL]


def test_nobody_waits_for_a_provider_that_hangs(provider: Any, make: Make, clock: TurnedClock) -> None:
    document = make()
    known = document.get()
    asked, hanging = threading.Event(), threading.Event()

    def hang(*_: Any) -> tuple[int, object]:
        asked.set()
        hanging.wait(20)
        return 500, {}

    provider.answer = hang
    clock.now += 60
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(document.get)
        assert asked.wait(10)
        # The one who asks waits; these don't, or this test would never come here.
        assert [document.get() for _ in range(50)] == [known] * 50
        assert not first.done()
        hanging.set()
        assert first.result() == known


@pytest.mark.parametrize("answer", [(200, []), (200, "x"), (404, {}), (200, None)])
def test_what_is_no_document_is_none(provider: Any, make: Make, answer: tuple[int, object]) -> None:
    provider.answer = lambda *_: answer
    with pytest.raises(ProviderUnavailableError):
        make().get()
