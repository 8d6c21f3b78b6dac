"""Every method of strong authentication, on both databases, over the whole provider."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.factors.drivers import DRIVERS, Driver
from tests.support.clock import TurnedClock
from tests.support.provider import ProviderUnderTest, make_provider


@pytest.fixture(params=["sqlite", "postgresql"])
def provider(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock, key_folder: Path
) -> Iterator[ProviderUnderTest]:
    shutil.copytree(key_folder, tmp_path / "keys")
    url = request.getfixturevalue("provider_database") if request.param == "postgresql" else ""
    # How seldom devices are asked is push's own matter, and has tests of its own.
    often = {"IDP_STRONG__PUSH__REQUESTS_PER_HOUR": "20"}
    made = ProviderUnderTest(make_provider(tmp_path, clock, database_url=url, **often), clock)
    with made.provider.flask.test_request_context():
        yield made
    made.core.database.close()


@pytest.fixture(params=DRIVERS, ids=lambda kind: kind.name)
def driver(request: pytest.FixtureRequest, provider: ProviderUnderTest) -> Driver:
    kind: Any = request.param
    return kind(provider)
