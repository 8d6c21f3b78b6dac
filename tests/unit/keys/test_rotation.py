"""Keys come before they are needed and leave when nothing depends on them."""

import subprocess
import sys
from pathlib import Path

import pytest

from keys import KeyStore, rotation
from keys.ring import generate

DAY = 86_400
AHEAD, KEEP, EVERY = DAY, 600, 90 * DAY


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    store = KeyStore(tmp_path)
    rotation.ensure(store, 0, ("ES256",))
    return store


def test_first_keys_sign_at_once(tmp_path: Path) -> None:
    ring = rotation.ensure(KeyStore(tmp_path), 1000)

    assert ring.signing_key("ES256", 1000).alg == "ES256"
    assert ring.signing_key("RS256", 1000).alg == "RS256"
    assert rotation.ensure(KeyStore(tmp_path), 2000).version == ring.version


def test_an_algorithm_can_be_added_later(store: KeyStore) -> None:
    first = store.load().keys[0]

    ring = rotation.ensure(store, 50, ("ES256", "RS256"))

    assert ring.keys[0].kid == first.kid
    assert ring.signing_key("RS256", 50)


def test_publishes_before_use_and_keeps_the_old_key_until_its_tokens_expired(store: KeyStore) -> None:
    old = store.load().keys[0]

    ring = rotation.rotate(store, 1000, publish_ahead=AHEAD, keep_after=KEEP)

    new = ring.newest("ES256")
    assert new is not None
    assert new.kid != old.kid
    assert ring.verifying_key(new.kid) is new
    switch = 1000 + AHEAD
    assert ring.signing_key("ES256", switch - 1).kid == old.kid
    assert ring.signing_key("ES256", switch).kid == new.kid
    assert rotation.tidy(store, switch + KEEP - 1).verifying_key(old.kid)
    assert rotation.tidy(store, switch + KEEP).verifying_key(old.kid) is None


def test_a_successor_that_waits_is_enough(store: KeyStore) -> None:
    first = rotation.rotate(store, 1000, publish_ahead=AHEAD, keep_after=KEEP)
    second = rotation.rotate(store, 2000, publish_ahead=AHEAD, keep_after=KEEP)

    assert second.version == first.version


def test_rotates_when_due_and_only_then(store: KeyStore) -> None:
    times = {"every": EVERY, "publish_ahead": AHEAD}

    early = rotation.maintain(store, EVERY - AHEAD - 1, **times, keep_after=KEEP)
    assert len(early.keys) == 1
    ring = rotation.maintain(store, EVERY - AHEAD, **times, keep_after=KEEP)
    assert len(ring.keys) == 2
    assert not rotation.due(ring, EVERY - AHEAD, **times)
    assert len(rotation.maintain(store, EVERY + KEEP, **times, keep_after=KEEP).keys) == 1


def test_two_processes_rotate_once(store: KeyStore) -> None:
    """Even when the successor signs at once, so that nothing in the ring tells the second one that it is late."""
    program = f"""
from pathlib import Path
from keys import KeyStore, rotation
store = KeyStore(Path({str(store.folder)!r}))
before = store.read()
print("ready", flush=True)
input()
rotation.rotate(store, 1000, publish_ahead=0, keep_after=600)
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", program], **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    # Both wait at the lock, with the old ring in hand, until it is given back.
    with store.changing():
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
    assert [process.wait(30) for process in processes] == [0, 0]
    for process in processes:
        process.stdin.close()
        process.stdout.close()

    assert len(store.read().keys) == 2


def test_two_processes_make_the_first_key_once(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from keys import KeyStore, rotation
print(rotation.ensure(KeyStore(Path({str(tmp_path)!r})), 0).version)
"""
    processes = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert {process.communicate(timeout=30)[0].strip() for process in processes} == {KeyStore(tmp_path).load().version}


def test_a_stolen_key_is_gone_at_once_and_another_signs(store: KeyStore) -> None:
    stolen = store.load().keys[0]

    ring = rotation.retire(store, stolen.kid, 1000)

    assert ring.verifying_key(stolen.kid) is None
    assert ring.signing_key("ES256", 1000).kid != stolen.kid


def test_retiring_brings_a_waiting_successor_forward(store: KeyStore) -> None:
    old = store.load().keys[0]
    waiting = rotation.rotate(store, 1000, publish_ahead=AHEAD, keep_after=KEEP).newest("ES256")
    assert waiting is not None

    ring = rotation.retire(store, old.kid, 2000, keep_after=KEEP)

    assert ring.signing_key("ES256", 2000).kid == waiting.kid
    assert ring.verifying_key(old.kid) is not None


def test_retiring_an_old_key_leaves_the_plan_alone(store: KeyStore) -> None:
    old = store.load().keys[0]
    rotation.rotate(store, 1000, publish_ahead=0, keep_after=KEEP)
    current = store.load().signing_key("ES256", 1000)
    waiting = rotation.rotate(store, 1100, publish_ahead=AHEAD, keep_after=KEEP).newest("ES256")
    assert waiting is not None

    ring = rotation.retire(store, old.kid, 1200)

    assert ring.signing_key("ES256", 1200).kid == current.kid
    assert ring.newest("ES256").active_from == waiting.active_from


def test_retiring_a_waiting_successor_leaves_no_gap(store: KeyStore) -> None:
    waiting = rotation.rotate(store, 1000, publish_ahead=AHEAD, keep_after=KEEP).newest("ES256")
    assert waiting is not None

    ring = rotation.retire(store, waiting.kid, 2000)

    assert ring.verifying_key(waiting.kid) is None
    assert all(ring.signing_key("ES256", now) for now in (2000, 1000 + AHEAD, 10 * AHEAD))


def test_retiring_an_unknown_key_is_an_error(store: KeyStore) -> None:
    with pytest.raises(KeyError):
        rotation.retire(store, generate("ES256", published_at=0, active_from=0).kid, 0)
