"""What a person can do with their board; the pages call this and nothing below it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import ValidationError

from clients.dashboard.board import layout as layouts
from clients.dashboard.board import store
from clients.dashboard.board.layout import Layout
from clients.dashboard.board.store import Change
from clients.dashboard.board.templates import newcomers, templates
from clients.dashboard.widgets.registry import Registry

_TRIES = 5
"""Of a change made without JavaScript, which is made to whatever the board is then."""
ONE_STEP = ("add", "remove", "up", "down", "turn", "grid", "list")


class Board(NamedTuple):
    """A person's board; `version` is 0 until they change it."""

    layout: Layout
    version: int
    can_undo: bool


class OtherVersionError(Exception):
    """The board was changed somewhere else in the meantime; `board` is what it is now."""

    def __init__(self, board: Board) -> None:
        super().__init__(board.version)
        self.board = board


class Boards:
    """The use cases. `clock` returns seconds since the epoch; `sub` is whose board it is."""

    def __init__(self, registry: Registry, clock: Callable[[], int]) -> None:
        self._registry = registry
        self._clock = clock

    def board(self, sub: str) -> Board:
        """Return the board, with the widgets that there are."""
        row = store.find(sub)
        if row is None:
            return Board(newcomers(self._registry.knows), 0, can_undo=False)
        return Board(self._read(row.layout), row.version, can_undo=bool(row.previous))

    def save(self, sub: str, layout: Layout, *, version: int, editor: str, sequence: int) -> Board:
        """Store what a page has made of `version`. Sent twice, it is stored once. Raises OtherVersionError."""
        wanted = layouts.only(layout, self._registry.knows)
        before = self.board(sub)
        if wanted == before.layout and before.version:
            return before
        change = _change(wanted, before.layout, editor, sequence)
        if not self._store(sub, version, before, change):
            now = self.board(sub)
            if wanted == now.layout:
                return now
            raise OtherVersionError(now)
        return self.board(sub)

    def change(self, sub: str, edit: Callable[[Layout], Layout]) -> Board:
        """Do something to the board, whatever it is now."""
        for _ in range(_TRIES):
            before = self.board(sub)
            wanted = edit(before.layout)
            if wanted == before.layout:
                return before
            if self._store(sub, before.version, before, _change(wanted, before.layout, "", 0)):
                return self.board(sub)
        raise OtherVersionError(self.board(sub))

    def step(self, sub: str, action: str, key: str) -> Board:
        """Do one of ONE_STEP, to the widget `key`; what isn't there stays as it is."""
        widget = self._registry.find(key)
        edits: dict[str, Callable[[Layout], Layout]] = {
            "add": lambda layout: layouts.added(layout, widget.manifest, key) if widget else layout,
            "remove": lambda layout: layouts.without(layout, key),
            "up": lambda layout: layouts.moved(layout, key, -1),
            "down": lambda layout: layouts.moved(layout, key, 1),
            "turn": lambda layout: layouts.turned(layout, key),
            "grid": lambda layout: layout.model_copy(update={"view": "grid"}),
            "list": lambda layout: layout.model_copy(update={"view": "list"}),
        }
        return self.change(sub, edits[action])

    def choose(self, sub: str, keys: Iterable[str]) -> Board:
        """Have exactly these widgets on the board; those that were there stay where they are."""
        wanted = list(dict.fromkeys(keys))

        def edit(layout: Layout) -> Layout:
            for key in set(layout.ids) - set(wanted):
                layout = layouts.without(layout, key)
            for key in wanted:
                if widget := self._registry.find(key):
                    layout = layouts.added(layout, widget.manifest, key)
            return layout

        return self.change(sub, edit)

    def clear(self, sub: str) -> Board:
        """Take all widgets away; the view stays."""
        return self.change(sub, lambda layout: Layout(view=layout.view))

    def start_from(self, sub: str, template_id: str) -> Board:
        """Replace the board by a template's; an unknown one changes nothing."""
        chosen = next((one for one in templates() if one.id == template_id), None)
        if chosen is None:
            return self.board(sub)
        made = chosen.layout(self._registry.knows)
        return self.change(sub, lambda layout: made.model_copy(update={"view": layout.view}))

    def undo(self, sub: str) -> Board:
        """Bring back the board as it was before widgets were taken away last; to undo that again is possible too."""
        row = store.find(sub)
        if row is None or not row.previous:
            return self.board(sub)
        previous = self._read(row.previous)
        return self.change(sub, lambda _layout: previous)

    def _store(self, sub: str, version: int, before: Board, change: Change) -> bool:
        now = self._clock()
        first = before.version == 0 and version == 0
        if first and store.begin(sub, before.layout.model_dump_json(), change, now):
            return True
        # Whoever was faster may have been an earlier change of the same page.
        return store.change_if(sub, version, change, now)

    def _read(self, text: str) -> Layout:
        try:
            return layouts.only(Layout.model_validate_json(text), self._registry.knows)
        except ValidationError:
            # Written by a version of this program that knew more than this one.
            return newcomers(self._registry.knows)


def _change(wanted: Layout, before: Layout, editor: str, sequence: int) -> Change:
    keeps = set(before.ids) <= set(wanted.ids)
    return Change(wanted.model_dump_json(), keeps, editor, sequence)
