"""The meter: what it says, and what the dearest texts cost that a search has found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.tuning import Passwords as Rules
from idp.accounts import password_meter
from idp.accounts.passwords import Passwords, Problem
from tests.support.worst_passwords import LENGTH, search, time_of, work_of

MOST_CALLS = 60_000
"""Function calls of the interpreter: some 25 ms of a processor. Without bounds, 64 l33t signs took ten million."""
HINTS = ["Ünal Ğ. " * 25, "some.body_else-here", "a" * 320]
WORST = [
    "\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0301\u0301\u0301\u0301\u0130\u0301\u0301\u0301\u0130\u0130\u0301\u0130\u0301\u0301111/11\u0130\u0130\u0301333\u0301\u0301\u0130\u0301\u0301\u0301\u0301\u0130\u0301\u0301\u0301\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0301333\u0301\u0301\u0130\u0301\u0301\u0301\u0301\u0130\u0301\u0301\u0301\u0130\u0130\u0130\u0301\u0130\u030177\u0130\u0130\u0130\u0130\u0301\u0301\u0301\u0130\u0301\u0301\u0301\u0130\u0130\u0301\u0130\u0301\u0301111/",
    "\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u01300000\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u01300000\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u0130\u013077\u0130\u0130\u0130\u0130\u01305555\u0130\u0130\u0130",
    "iiiiiiiiiiiiiii7iiiiiiiiiiiiiii7\u0301\u0301\u0301\u0301\u0301\u0301\u0130\u0301iii\u0301\u0301\u0301\u0301\u0301\u0301\u0130\u0301iiiiiiooooii[[[[iiiiiiiiiii7\u0301\u0301\u0301\u0301ip4ssw0rdp4siiiiioooaoiip4ssw0rdp4ssiiw0rdp<<",
    "4444121111211212121211112112121244441211112\u0130\u013021212121111211212124444121166611211212121211112111266212124444121111212124444121111",
    ("4@8({[<3691!|70$5+%2" * LENGTH)[:LENGTH],
    ("12" * LENGTH)[:LENGTH],
    ("1" * LENGTH)[:LENGTH],
    ("19911" * LENGTH)[:LENGTH],
    ("\u0130" * LENGTH)[:LENGTH],
    ("\ufdfa" * LENGTH)[:LENGTH],
]
"""What `python -m tests.support.worst_passwords 10000` found, and what was known before."""


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    made = Passwords(Rules(memory_kib=8, iterations=1))
    made.check_strength("the dictionaries are loaded")
    return made


@pytest.mark.parametrize("text", WORST)
def test_no_text_makes_the_meter_work_for_long(passwords: Passwords, text: str) -> None:
    assert len(text) == LENGTH
    assert work_of(lambda each: passwords.check_strength(each, HINTS))(text) < MOST_CALLS
    assert time_of(lambda each: passwords.check_strength(each, HINTS))(text) < 50


def test_no_text_that_a_search_finds_makes_the_meter_work_for_long(passwords: Passwords) -> None:
    calls, text = search(150, work_of(lambda each: passwords.check_strength(each, HINTS)), seed=1)
    assert calls < MOST_CALLS, text


@pytest.mark.parametrize("length", [129, 512, 1024, 100_000])
@pytest.mark.parametrize("sign", ["a", "\ufdfa", "\u0301\u0327", "4"])
def test_a_text_that_is_too_long_is_not_scored(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch, sign: str, length: int
) -> None:
    monkeypatch.setattr(password_meter, "score", lambda *_given: pytest.fail("scored"))
    text = (sign * length)[:length]
    assert passwords.check_strength(text)
    assert time_of(passwords.check_strength)(text) < 50


@given(
    st.text(max_size=150) | st.text("4@8({[<3691!|70$5+%2İßıſK\ufdfa\u0301 aAqwe", min_size=15, max_size=128),
    st.lists(st.text(max_size=60), max_size=4),
)
def test_any_text_is_judged(passwords: Passwords, text: str, hints: list[str]) -> None:
    assert passwords.check_strength(text, hints) in {None, *Problem}


def test_hints_are_bounded() -> None:
    assert (
        work_of(lambda text: password_meter.score(text, ["ab " * 100_000] * 50))("violet tractor 19 hums") < MOST_CALLS
    )


def test_one_persons_hints_are_nothing_to_another_at_the_same_time() -> None:
    """zxcvbn keeps them where all threads see them."""
    text = "brzhwqk-ptvlnd-x1"

    def score(hint: str) -> int:
        return password_meter.score(text, [hint])

    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(score, [text, "other"] * 40))
    assert set(scores[::2]) == {0}
    assert set(scores[1::2]) == {4}


@pytest.mark.parametrize("text", ["aabaabaabaabaab", "abcabcabcabcabc", "passwordpassword", "1212121212121212"])
def test_repetitions_are_weak(text: str) -> None:
    assert password_meter.score(text) < Rules().min_score
