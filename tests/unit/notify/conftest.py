import pytest

from idp.db import Database
from idp.notify import Outbox
from keys.sealing import Sealer


class Clock:
    now = 1_700_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer([b"r" * 32])


@pytest.fixture
def outbox(sealer: Sealer, clock: Clock, database: Database) -> Outbox:
    return Outbox(sealer, clock)
