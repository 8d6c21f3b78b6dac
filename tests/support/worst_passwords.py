"""A search for the password that costs the meter most: hill climbing from texts of kinds that are known to be dear.

`python -m tests.support.worst_passwords 10000` prints the worst that so many tries find, and what it costs in milliseconds of the processor.
"""

import random
import sys
import time
from collections.abc import Callable

from config.tuning import Passwords as Rules
from idp.accounts.passwords import Passwords

LENGTH = 128
_PARTS = (
    *"4@8({[<3691!|70$5+%2",
    *"1234567890aeiou\u0130\ufdfa\u0301",
    "12",
    "121",
    "19",
    "2019",
    "1991",
    "11/11/11",
    "the",
    "password",
    "qwerty",
    "qazwsx",
    "abcdef",
    "aab",
    "passwordpassword",
    "p4ssw0rd",
    "!@#$%^&*()",
)
_SEEDS = (
    "12",
    "1",
    "4@8({[<3691!|70$5+%2",
    "2019",
    "19911",
    "121212112",
    "aab",
    "passwordthe1",
    "\u0301\u0327",
    "\ufdfa",
)


def search(rounds: int, cost: Callable[[str], float], *, seed: int) -> tuple[float, str]:
    """Return the highest cost that was found, and of which text."""
    chance = random.Random(seed)
    pool = sorted(((cost(text), text) for text in (_long(part) for part in _SEEDS)), reverse=True)
    for _ in range(rounds - len(pool)):
        base = chance.choice(pool[:6])[1] if chance.random() < 0.9 else _long("".join(chance.choices(_PARTS, k=9)))
        text = _mutated(base, chance)
        pool.append((cost(text), text))
        pool = sorted(set(pool), reverse=True)[:12]
    return pool[0]


def work_of(judge: Callable[[str], object]) -> Callable[[str], float]:
    """Return a cost in function calls that the interpreter makes: the same on every machine."""

    def cost(text: str) -> float:
        calls = 0

        def count(_frame: object, event: str, _arg: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        sys.setprofile(count)
        try:
            judge(text)
        finally:
            sys.setprofile(None)
        return calls

    return cost


def time_of(judge: Callable[[str], object]) -> Callable[[str], float]:
    """Return a cost in milliseconds of this thread's processor time, the better of two."""

    def cost(text: str) -> float:
        took = []
        for _ in range(2):
            began = time.thread_time()
            judge(text)
            took.append((time.thread_time() - began) * 1000)
        return min(took)

    return cost


def _long(text: str) -> str:
    return (text * LENGTH)[:LENGTH]


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        part = chance.choice(_PARTS) * chance.randint(1, 4)
        match chance.randrange(4):
            case 0:
                text = text[:at] + part + text[at + len(part) :]
            case 1:
                text = text[:at] + part + text[at:]
            case 2:
                other = chance.randrange(len(text))
                text = text[:at] + text[other : other + chance.randint(1, 20)] + text[at:]
            case _:
                text = _long(text[: max(1, at % 40)])
    return _long(text)


def main(rounds: int) -> None:
    passwords = Passwords(Rules())
    hints = ["Ünal Ğ. " * 25, "some.body_else-here", "a" * 320]
    judge = lambda text: passwords.check_strength(text, hints)  # noqa: E731
    judge("the dictionaries are loaded")
    for name, cost in (("calls", work_of(judge)), ("ms", time_of(judge))):
        found, text = search(rounds, cost, seed=8)
        print(f"{found:,.1f} {name}, {time_of(judge)(text):.1f} ms: {text!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
