"""The same races through the whole provider: fifty redemptions of one code, of one refresh token, on both engines."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from threading import Barrier
from typing import Any

import pytest

from tests.support.clock import TurnedClock
from tests.support.provider import Pkce, ProviderUnderTest, make_provider

THREADS = 50


@pytest.fixture(params=["sqlite", "postgresql"])
def idp(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock, key_folder: Path
) -> Iterator[ProviderUnderTest]:
    copytree(key_folder, tmp_path / "keys")
    url = "" if request.param == "sqlite" else request.getfixturevalue("provider_database")
    provider = make_provider(tmp_path, clock, database_url=url)
    yield ProviderUnderTest(provider, clock)
    provider.core.database.close()


def at_once(action: Any) -> list[tuple[int, dict[str, Any]]]:
    barrier = Barrier(THREADS)

    def run(_: int) -> tuple[int, dict[str, Any]]:
        barrier.wait()
        response = action()
        return response.status_code, response.get_json()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def reuses(idp: ProviderUnderTest) -> int:
    return len(idp.core.database.read().all("SELECT seq FROM audit_event WHERE event = 'token.reuse_detected'"))


def test_one_code(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce)

    results = at_once(lambda: idp.redeem(client, code, pkce))

    assert sorted({status for status, _ in results}) == [200, 400]
    successes = [body for status, body in results if status == 200]
    assert len(successes) == 1
    assert reuses(idp) == 1
    assert idp.post("/introspect", {"token": successes[0]["access_token"]}, auth=client.auth).get_json() == {
        "active": False
    }


def test_one_refresh_token(idp: ProviderUnderTest) -> None:
    client = idp.register()
    token = idp.tokens(client)["refresh_token"]

    results = at_once(lambda: idp.token(client, grant_type="refresh_token", refresh_token=token))

    successes = [body for status, body in results if status == 200]
    assert len(successes) == 1
    assert reuses(idp) == 1
    again = idp.token(client, grant_type="refresh_token", refresh_token=successes[0]["refresh_token"])
    assert again.status_code == 400
