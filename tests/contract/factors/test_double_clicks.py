"""A method is set up once, and told of by one mail, however often its form is sent at the same moment; on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.factors.totp import crypto
from tests.support.approving_device import ApprovingDevice
from tests.support.guessing import Post
from tests.support.provider import ProviderUnderTest
from tests.support.strong import HERE, account_id

CLICKS = 6


@pytest.fixture
def owner(provider: ProviderUnderTest) -> str:
    return account_id(provider, "alice")


def race(provider: ProviderUnderTest, act: Callable[[], object]) -> list[object]:
    """Do it several times at once."""
    gate = Barrier(CLICKS)

    def click(_number: int) -> object:
        try:
            with provider.provider.flask.test_request_context():
                provider.core.database.read()  # connects
                gate.wait(10)
                return act()
        finally:
            provider.core.database.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(click, range(CLICKS)))


def check_once(provider: ProviderUnderTest, owner: str, method: str) -> None:
    assert [one.method for one in provider.core.strong.factors.listing(owner)] == [method]
    assert [mail["template"] for mail in Post(provider).collect()] == ["factor_added"]


def test_an_app_is_set_up_once(provider: ProviderUnderTest, owner: str) -> None:
    totp = provider.core.strong.totp
    setup = totp.begin(owner, "alice", "sid")
    code = crypto.code_at(setup.secret, provider.clock() // crypto.STEP_SECONDS)
    answers = race(provider, lambda: bool(totp.confirm(setup, owner, code, "Phone", HERE)))
    assert answers == [True] * CLICKS
    check_once(provider, owner, "totp")


def test_recovery_codes_are_kept_once(provider: ProviderUnderTest, owner: str) -> None:
    recovery_codes = provider.core.strong.recovery_codes
    codes, _ = recovery_codes.begin(owner, "sid")
    race(provider, lambda: recovery_codes.keep(owner, codes, HERE))
    assert recovery_codes.left(owner) == len(codes)
    check_once(provider, owner, "recovery_codes")


def test_a_device_is_registered_once(provider: ProviderUnderTest, owner: str) -> None:
    push = provider.core.strong.push
    begun, device = push.enrolments.open("sid", owner), ApprovingDevice(provider.clock())
    number = push.enrolments.claim(begun.secret, device.register(push.enrolments.challenge(begun.secret), None), HERE)
    assert not push.has_just_registered(owner)
    outcomes = race(
        provider, lambda: push.enrolments.confirm("sid", owner, begun.id, HERE, number=number, name="Phone")
    )
    # Whoever comes second is told that it is registered: see the page.
    assert sorted(map(str, outcomes)) == ["confirmed", *["gone"] * (CLICKS - 1)]
    assert push.has_just_registered(owner)
    check_once(provider, owner, "push")


def test_a_method_is_removed_once(provider: ProviderUnderTest, owner: str) -> None:
    totp, factors = provider.core.strong.totp, provider.core.strong.factors
    setup = totp.begin(owner, "alice", "sid")
    with provider.provider.flask.test_request_context():
        totp.confirm(setup, owner, crypto.code_at(setup.secret, provider.clock() // crypto.STEP_SECONDS), "Phone", HERE)
    (factor,) = factors.listing(owner)
    Post(provider).collect()
    removed = race(provider, lambda: factors.remove(owner, factor.id, HERE) is not None)
    assert sorted(removed, key=bool) == [*[False] * (CLICKS - 1), True]  # type: ignore[arg-type]
    assert [mail["template"] for mail in Post(provider).collect()] == ["factor_removed"]
