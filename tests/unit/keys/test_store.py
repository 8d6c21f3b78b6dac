"""The ring on disk: permissions, changes seen by others, crashes."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from keys import KeyStore
from keys.ring import generate
from keys.rotation import ensure


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_files_are_for_the_owner_only(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    ensure(store, 0)

    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in store.folder.iterdir()} == {0o600}


def test_an_empty_folder_is_an_empty_ring(tmp_path: Path) -> None:
    assert KeyStore(tmp_path / "keys").load().keys == ()


def test_keeps_the_ring_and_its_keys(tmp_path: Path) -> None:
    ring = ensure(KeyStore(tmp_path), 1000)
    again = KeyStore(tmp_path).load()

    assert again.version == ring.version
    assert [(key.kid, key.alg, key.active_from) for key in again.keys] == [(k.kid, k.alg, 1000) for k in ring.keys]


def test_threads_that_come_together_all_get_the_ring(tmp_path: Path) -> None:
    ring = ensure(KeyStore(tmp_path), 1000)
    for _ in range(20):
        store, together = KeyStore(tmp_path), Barrier(8)

        def load(store: KeyStore = store, together: Barrier = together) -> str:
            together.wait(5)
            return store.load().version

        with ThreadPoolExecutor(8) as pool:
            versions = [answer.result() for answer in [pool.submit(load) for _ in range(8)]]
        assert versions == [ring.version] * 8


def test_sees_another_process_change_within_a_second(tmp_path: Path) -> None:
    time = Time()
    reader, writer = KeyStore(tmp_path, monotonic=time), KeyStore(tmp_path)
    ring = ensure(writer, 0)
    assert reader.load().version == ring.version
    with writer.changing() as before:
        after = writer.replace([*before.keys, generate("ES256", published_at=5, active_from=9)])

    assert reader.load().version == ring.version
    time.now = 1.0
    assert reader.load().version == after.version != ring.version


def test_the_same_ring_as_long_as_nothing_changed(tmp_path: Path) -> None:
    time = Time()
    store = KeyStore(tmp_path, monotonic=time)
    ring = ensure(store, 0)
    time.now = 100.0

    assert store.load() is ring


def test_a_change_that_a_crash_cut_short_is_invisible_and_swept_up(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    ring = ensure(store, 0)
    orphan = tmp_path / "an-orphan.pem"
    orphan.write_text("half a k")
    draft = tmp_path / ".draft-0123"
    draft.write_text('{"keys": [{"ki')

    again = KeyStore(tmp_path)
    assert again.load().version == ring.version
    with again.changing() as before:
        again.replace(before.keys)

    assert not orphan.exists()
    assert not draft.exists()
    assert KeyStore(tmp_path).load().version == ring.version


def test_a_key_that_left_the_ring_is_deleted(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    first, second = ensure(store, 0).keys
    with store.changing():
        store.replace([second])

    assert not (tmp_path / f"{first.kid}.pem").exists()
    assert (tmp_path / f"{second.kid}.pem").exists()


def test_a_lost_key_file_is_an_error_and_not_an_empty_ring(tmp_path: Path) -> None:
    kid = ensure(KeyStore(tmp_path), 0).keys[0].kid
    (tmp_path / f"{kid}.pem").unlink()

    with pytest.raises(FileNotFoundError):
        KeyStore(tmp_path).load()


def test_a_damaged_ring_is_an_error(tmp_path: Path) -> None:
    ensure(KeyStore(tmp_path), 0)
    (tmp_path / "ring.json").write_text("{")

    with pytest.raises(json.JSONDecodeError):
        KeyStore(tmp_path).load()


def test_an_exception_gives_the_lock_back(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    with pytest.raises(RuntimeError), store.changing():
        raise RuntimeError
    with store.changing() as ring:
        assert ring.keys == ()
