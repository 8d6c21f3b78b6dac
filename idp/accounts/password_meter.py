"""Password meter: how many guesses a password takes by zxcvbn's estimate, at a cost that is bounded for every text.

zxcvbn tries every combination of the letters that signs like `4` and `|` may stand for, once for each repetition too: 64 such signs took
3.4 seconds of a processor, and strangers choose the text. Here its matchers run on a prefix, with one sign for a letter at a time, and
repetitions aren't looked for inside repetitions. So the work is at most that of five searches of the dictionaries for the prefix and
five for each half of it; `tests/unit/accounts/test_password_meter.py` searches for the worst text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

SCORED_LENGTH = 32
"""How many characters are scored: a password that is good so far stays good."""
MAX_HINTS = 24
"""How many words about a person are searched for; of each its first `SCORED_LENGTH` characters."""

_SHORTEST, _LONGEST = re.compile(r"(.+?)\1+", re.DOTALL), re.compile(r"(.+)\1+", re.DOTALL)
"""The repetitions at a place: `aabaab` is both `aa` and twice `aab`."""

_MIN_HINT_LENGTH = 3
_MIN_OWN_PART = 6
"""Letters and digits at least that a password has beside the hints in it."""

Dictionaries = dict[str, dict[str, int]]
Matches = list[Any]


def score(password: str, hints: Sequence[str] = ()) -> int:
    """Return zxcvbn's score, 0 (guessed at once) to 4; `hints` are words that an attacker would try on this person first."""
    # Only here: its dictionaries take 12 MB and a worker may never meet a new password.
    from zxcvbn import matching, scoring, time_estimates  # noqa: PLC0415

    # zxcvbn's own entry point keeps the hints where all threads see them.
    dictionaries = matching.RANKED_DICTIONARIES | {"user_inputs": matching.build_ranked_dict(_words(hints))}
    prefix = password[:SCORED_LENGTH]
    matches = _matches(prefix, dictionaries)
    matches += [repeat for pattern in (_SHORTEST, _LONGEST) for repeat in _repeats(pattern, prefix, dictionaries)]
    guesses = scoring.most_guessable_match_sequence(prefix, matches)["guesses"]
    return int(time_estimates.guesses_to_score(Decimal(guesses)))


def is_breached(password: str) -> bool:
    """Tell whether a password is among the most frequent ones of known breaches.

    Those are zxcvbn's 30,000, of which few are long, and those of 15 characters and more in `breached_passwords.txt`.
    """
    from zxcvbn import matching  # noqa: PLC0415

    folded = password.casefold()
    return folded in matching.RANKED_DICTIONARIES["passwords"] or folded in _breached_long()


@cache
def _breached_long() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("breached_passwords.txt").read_text(encoding="utf-8").splitlines())


def is_about(password: str, hints: Sequence[str]) -> bool:
    """Tell whether a password is hardly more than hints put together: zxcvbn counts words, and three of a person's own are many."""
    rest = password.casefold()
    for word in sorted(_words(hints), key=len, reverse=True):
        if len(word) >= _MIN_HINT_LENGTH:
            rest = rest.replace(word, "")
    return len(rest) < len(password) and len(re.sub(r"[\W_]+", "", rest)) < _MIN_OWN_PART


def _matches(text: str, dictionaries: Dictionaries) -> Matches:
    """Return what zxcvbn recognises in a text, but for repetitions."""
    from zxcvbn import matching  # noqa: PLC0415

    matches: Matches = []
    for matcher in (
        matching.dictionary_match,
        matching.reverse_dictionary_match,
        matching.spatial_match,
        matching.sequence_match,
        matching.regex_match,
        matching.date_match,
    ):
        matches += matcher(text, _ranked_dictionaries=dictionaries)
    return matches + matching.l33t_match(text, dictionaries, _one_sign_a_letter(text, matching.L33T_TABLE))


def _one_sign_a_letter(text: str, table: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return which sign stands for which letter: for each letter the most frequent one of those that may. Nobody mixes `4` and `@`."""
    counts = Counter(text)
    present = {letter: [sign for sign in signs if sign in counts] for letter, signs in table.items()}
    return {letter: [max(signs, key=lambda sign: counts[sign])] for letter, signs in present.items() if signs}


def _repeats(pattern: re.Pattern[str], text: str, dictionaries: Dictionaries) -> Iterator[Any]:
    from zxcvbn import scoring  # noqa: PLC0415

    for found in pattern.finditer(text):
        whole = _SHORTEST.fullmatch(found[0])
        base = whole[1] if whole else found[1]
        analysis = scoring.most_guessable_match_sequence(base, _matches(base, dictionaries))
        yield {
            "pattern": "repeat",
            "i": found.start(),
            "j": found.end() - 1,
            "token": found[0],
            "base_token": base,
            "base_guesses": analysis["guesses"],
            "base_matches": analysis["sequence"],
            "repeat_count": len(found[0]) / len(base),
        }


def _words(hints: Sequence[str]) -> list[str]:
    """Return the hints and their parts, in lower case, the shorter hints first if there are too many."""
    parts = (part for hint in hints for part in (hint, *re.split(r"[\W_]+", hint[:400])) if part)
    return list(dict.fromkeys(part[:SCORED_LENGTH].lower() for part in parts))[:MAX_HINTS]
