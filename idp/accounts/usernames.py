"""Usernames that could be taken for another's: confusables and mixed scripts (Unicode UTS 39), and words that stand for the staff. Pure.

The data is Unicode's, from the package `confusable-homoglyphs`; it is read when the first username is judged.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_WRITTEN_TOGETHER = (
    frozenset({"LATIN"}),
    frozenset({"HAN", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"HAN", "HANGUL", "LATIN"}),
    frozenset({"HAN", "BOPOMOFO", "LATIN"}),
)
"""Scripts that one name may be written in, beside any single one: UTS 39 section 5.2, "highly restrictive"."""
_OF_ANY_SCRIPT = {"COMMON", "INHERITED"}
_SEPARATORS = re.compile(r"[._-]+")
_NUMBER_AT_THE_END = re.compile(r"\d+$")


def is_single_script(username: str) -> bool:
    """Tell whether all letters are of one script, or of scripts that are written together."""
    from confusable_homoglyphs import categories  # noqa: PLC0415 - a megabyte of data

    scripts = categories.unique_aliases(username) - _OF_ANY_SCRIPT
    return len(scripts) <= 1 or any(scripts <= together for together in _WRITTEN_TOGETHER)


def confusable_key(username: str) -> str:
    """Return what makes two usernames look alike: their skeleton (UTS 39 section 4), in whatever case they are written.

    `аlice` with a Cyrillic а, `aIice` with a capital i and `a1ice` have the key of `alice`.
    """
    skeleton = _skeleton(unicodedata.normalize("NFKC", username).casefold()).casefold()
    # A capital i is an l to the eye, and usernames are the same in either case.
    return skeleton.replace("i", "l")


def is_reserved(username: str, reserved: Iterable[str]) -> bool:
    """Tell whether a username looks like one of the reserved words, however it is spelt, separated or numbered."""
    words = {confusable_key(word) for word in reserved}
    joined = _SEPARATORS.sub("", username)
    return any(confusable_key(form) in words for form in (username, joined, _NUMBER_AT_THE_END.sub("", joined)))


def _skeleton(text: str) -> str:
    prototypes = _prototypes()
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(prototypes.get(character, character) for character in decomposed))


@cache
def _prototypes() -> dict[str, str]:
    """Return what each confusable character stands for. The data names pairs in both directions: what has many, many stand for."""
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415 - a megabyte of data

    looks_like = {source: [_plain(each["c"]) for each in found] for source, found in confusables_data.items()}
    prototypes = {}
    for source, found in looks_like.items():
        if len(source) == 1 and len(found) == 1:
            (other,) = found
            prototypes[source] = other if len(looks_like.get(other, ())) > 1 else min(source, other)
    return prototypes


def _plain(text: str) -> str:
    """Return it without the marks that the data puts around what is written from right to left."""
    return text.strip("\u200e\u200f")
