import threading
import time

import nacl.pwhash.argon2id
import pytest
import zxcvbn.matching

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


def test_a_password_counts_to_its_last_character_in_the_case_it_was_typed_in(passwords: Passwords) -> None:
    longest = "Violet tractor hums " + "x" * 108
    stored = passwords.hash(longest)
    assert passwords.verify(stored, longest)
    for other in (longest.lower(), longest[:-1], f"{longest}x", f" {longest}", f"{longest} "):
        assert not passwords.verify(stored, other)


@pytest.mark.parametrize("length", [64, 128])
def test_long_passwords_are_taken(passwords: Passwords, length: int) -> None:
    assert passwords.check_strength("violet tractor hums ".ljust(length, "é"), ["Carla Meier"]) is None


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
        ("fourteen chars", Problem.TOO_SHORT),
        ("password12password12", Problem.TOO_EASY),
        ("aaaaaaaaaaaaaaaaaaaa", Problem.TOO_EASY),
        ("aabaabaabaabaabaabaab", Problem.TOO_EASY),
        ("ipaccount ipaccount 1", Problem.TOO_EASY),
        ("Carla.Meier.1999", Problem.TOO_EASY),
        ("carla meier carla", Problem.TOO_EASY),
        ("carla drifts on a green kiln", None),
        ("p4$$w0rdP4$$w0rd", Problem.TOO_EASY),
        ("12345678901234567", Problem.TOO_EASY),
        ("zxcvbnm,./asdfghjkl", Problem.TOO_EASY),
        ("violet tractor hums", None),
        ("demo-PASSWORD-1", None),
        ("пурпурный трактор гудит", None),
    ],
)
def test_strength(passwords: Passwords, password: str, problem: Problem | None) -> None:
    assert passwords.check_strength(password, ["Carla Meier", "carla.meier"]) is problem


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("x7#Lq9!", Problem.TOO_SHORT),
        ("x7#Lq9!vR2", None),
        ("Trustno1", Problem.BREACHED),
        ("carla.meier1", Problem.TOO_EASY),
        ("ﾄrustno1", Problem.TOO_EASY),
    ],
)
def test_beside_a_second_step_eight_characters_are_enough(
    passwords: Passwords, password: str, problem: Problem | None
) -> None:
    assert passwords.check_strength(password, ["Carla Meier", "carla.meier"], second_step=True) is problem


def test_what_was_in_a_breach_is_refused_however_long(passwords: Passwords) -> None:
    known = [each for each in zxcvbn.matching.RANKED_DICTIONARIES["passwords"] if len(each) >= 15]
    assert len(known) > 20
    for each in (*known, "californication", "highschoolmusical", "30secondstomars", "1qaz2wsx3edc4rfv"):
        assert passwords.check_strength(each.upper()) is Problem.BREACHED


def test_existing_short_passwords_are_recognised(passwords: Passwords) -> None:
    assert passwords.is_short("x7#Lq9!vR2", second_step=False)
    assert not passwords.is_short("x7#Lq9!vR2", second_step=True)
    assert not passwords.is_short("demo-PASSWORD-1", second_step=False)
