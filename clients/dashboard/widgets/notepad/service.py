"""Writing on the notepad: nothing that anybody typed is lost, in however many tabs and browsers they type."""

import unicodedata
from collections.abc import Callable

from clients.dashboard.widgets.notepad import store
from clients.dashboard.widgets.notepad.merge import joined
from clients.dashboard.widgets.notepad.store import Note

LONGEST = 20_000
"""Characters."""


class TooLongError(Exception):
    """There is no room for so much."""


class Notepad:
    """The use cases. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def read(self, sub: str) -> Note:
        """Return what is there."""
        return store.find(sub)

    def write(self, sub: str, text: str, version: int, *, base: str) -> Note:
        """Return what is there now: `text`, or, when somebody wrote meanwhile, both texts joined (`merge.joined`).

        `version` and `base` are what the writer began with. Raises TooLongError; then nothing was changed.
        """
        text = cleaned(text)
        while True:
            # Whoever is late finds that somebody else was in time: it can't go on for ever.
            if len(text) > LONGEST:
                raise TooLongError
            if made := store.change(sub, text, version, self._clock()):
                return Note(text, made)
            there = store.find(sub)
            if there.text == text:
                # Our own change, whose answer was lost.
                return there
            text, base, version = joined(cleaned(base), text, there.text), there.text, there.version


def cleaned(text: str) -> str:
    """Return a text as it is kept: with plain line ends, without what no keyboard writes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"})
