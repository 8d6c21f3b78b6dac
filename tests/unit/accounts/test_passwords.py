import threading
import time

import nacl.pwhash.argon2id
import pytest

from config.tuning import Passwords as Rules
from idp.accounts.passwords import Passwords, Problem

QUICK = Rules(memory_kib=8, iterations=1, parallel_hashes=2)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(QUICK)


def test_the_hash_is_argon2id_with_the_settings_parameters() -> None:
    assert Passwords(Rules()).hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_verify(passwords: Passwords) -> None:
    stored = passwords.hash("correct horse")
    assert passwords.verify(stored, "correct horse")
    assert not passwords.verify(stored, "correct horsf")
    assert not passwords.verify(stored, "x" * 1_000_000)


def test_unicode_is_normalised(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("cafe\u0301 ﬁne"), "caf\u00e9 fine")


def test_an_unknown_account_costs_one_hash_and_is_never_right(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    verify = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: calls.append(given) or verify(*given))
    assert not passwords.verify(None, "no account has this password")
    assert len(calls) == 1


def test_a_hash_of_other_parameters_is_stale(passwords: Passwords) -> None:
    assert not passwords.needs_rehash(passwords.hash("x"))
    assert passwords.needs_rehash(Passwords(Rules(memory_kib=16, iterations=1)).hash("x"))


def test_no_more_hashes_at_once_than_slots(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def slow(*_given: object) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", slow)
    threads = [threading.Thread(target=passwords.verify, args=("stored", "x")) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", Problem.TOO_SHORT),
        ("x1" * 65, Problem.TOO_LONG),
        ("password123", Problem.TOO_EASY),
        ("aaaaaaaaaaaa", Problem.TOO_EASY),
        ("ipaccount2026", Problem.TOO_EASY),
        ("carla.meier1", Problem.TOO_EASY),
        ("violet tractor hums", None),
        ("demo-PASSWORD-1", None),
        ("пурпурный трактор гудит", None),
    ],
)
def test_strength(passwords: Passwords, password: str, problem: Problem | None) -> None:
    assert passwords.check_strength(password, ["Carla Meier", "carla.meier"]) is problem


def test_judging_a_long_password_is_quick(passwords: Passwords) -> None:
    began = time.perf_counter()
    passwords.check_strength("aA1!" * 32)
    passwords.check_strength("x" * 1_000_000)
    assert time.perf_counter() - began < 2
