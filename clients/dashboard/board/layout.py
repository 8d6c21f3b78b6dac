"""Where widgets stand on the grid. Pure: nothing is fetched or stored; what browsers send is validated here, strictly.

Rows and columns are counted from 0; widgets fall upwards until they touch another one or the edge, as they do on the page.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from clients.dashboard.widgets.contract import COLUMNS, Manifest

MOST_WIDGETS = 60
LOWEST_ROW = 1_000
KEY = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,159}$"
"""Of a widget: its id, for one of another service behind that service's `client_id` and a point."""
View = Literal["grid", "list"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Place(_Strict):
    """Where a widget stands; `h` is its height when it isn't collapsed."""

    id: Annotated[str, Field(pattern=KEY)]
    x: Annotated[int, Field(ge=0, lt=COLUMNS)]
    y: Annotated[int, Field(ge=0, le=LOWEST_ROW)]
    w: Annotated[int, Field(ge=1, le=COLUMNS)]
    h: Annotated[int, Field(ge=1, le=12)]
    collapsed: bool = False

    @model_validator(mode="after")
    def _check_edge(self) -> Self:
        if self.x + self.w > COLUMNS:
            raise ValueError("The widget stands out of the grid.")
        return self

    @property
    def rows(self) -> int:
        """Rows that it takes now."""
        return 1 if self.collapsed else self.h


class Layout(_Strict):
    """A person's board. The order of `widgets` is that of the list; a change on the grid makes it the order of reading there."""

    view: View = "grid"
    widgets: Annotated[tuple[Place, ...], Field(max_length=MOST_WIDGETS)] = ()

    @model_validator(mode="after")
    def _check_once(self) -> Self:
        if len({one.id for one in self.widgets}) != len(self.widgets):
            raise ValueError("A widget stands on the board once.")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The widgets in their order."""
        return tuple(one.id for one in self.widgets)


def settled(layout: Layout) -> Layout:
    """Return the layout with each widget as high up as there is room; where two want the same place, the earlier one has it."""
    by_row = sorted(enumerate(layout.widgets), key=lambda one: (one[1].y, one[0]))
    placed: dict[int, Place] = {}
    for number, place in by_row:
        placed[number] = _risen(place, placed.values())
    return _with(layout, [placed[number] for number in range(len(placed))])


def only(layout: Layout, known: Callable[[str], bool]) -> Layout:
    """Return the layout without widgets that there aren't any more."""
    return settled(_with(layout, [one for one in layout.widgets if known(one.id)]))


def added(layout: Layout, manifest: Manifest, key: str) -> Layout:
    """Return the layout with one more widget, where there is room first; as it was when it is there already, or full."""
    if key in layout.ids or len(layout.widgets) >= MOST_WIDGETS:
        return layout
    width, height = manifest.width, manifest.height
    spots = ((x, y) for y in range(_depth(layout.widgets) + 1) for x in range(COLUMNS - width + 1))
    x, y = next((x, y) for x, y in spots if _is_free(layout.widgets, x, y, width, height))
    return settled(_with(layout, [*layout.widgets, Place(id=key, x=x, y=y, w=width, h=height)]))


def without(layout: Layout, key: str) -> Layout:
    """Return the layout without a widget."""
    return settled(_with(layout, [one for one in layout.widgets if one.id != key]))


def turned(layout: Layout, key: str) -> Layout:
    """Return the layout with a widget collapsed, or expanded when it is."""
    places = [
        one.model_copy(update={"collapsed": not one.collapsed}) if one.id == key else one for one in layout.widgets
    ]
    return settled(_with(layout, places))


def moved(layout: Layout, key: str, steps: int) -> Layout:
    """Return the layout with a widget one earlier (`steps` -1) or later (1); at an end it stays. On the grid the two change places."""
    places = list(layout.widgets)
    at = next((number for number, one in enumerate(places) if one.id == key), -1)
    if at < 0 or not 0 <= at + steps < len(places):
        return layout
    one, other = places[at], places[at + steps]
    places[at + steps], places[at] = _at(one, other.x, other.y), _at(other, one.x, one.y)
    return settled(_with(layout, places))


def _with(layout: Layout, places: Sequence[Place]) -> Layout:
    return Layout(view=layout.view, widgets=tuple(places))


def _at(place: Place, x: int, y: int) -> Place:
    return place.model_copy(update={"x": min(x, COLUMNS - place.w), "y": y})


def _risen(place: Place, placed: Iterable[Place]) -> Place:
    """Return the place as high up as it gets without jumping over another one."""
    below = [one.y + one.rows for one in placed if one.x < place.x + place.w and place.x < one.x + one.w]
    return place.model_copy(update={"y": max(below, default=0)})


def _depth(places: Iterable[Place]) -> int:
    return max((one.y + one.rows for one in places), default=0)


def _is_free(places: Iterable[Place], x: int, y: int, width: int, height: int) -> bool:
    return not any(
        one.x < x + width and x < one.x + one.w and one.y < y + height and y < one.y + one.rows for one in places
    )
