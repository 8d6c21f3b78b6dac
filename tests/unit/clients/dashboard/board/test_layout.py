"""Where widgets stand: whatever is done, none covers another, and the page's own rules come to the same places."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from clients.dashboard import board
from clients.dashboard.board.layout import MOST_WIDGETS, Layout, Place, added, moved, only, settled, turned, without
from clients.dashboard.widgets.contract import COLUMNS, Manifest
from tests.support.node import node

STATIC = Path(board.__file__).parent / "static"


def place(key: str, x: int, y: int, w: int = 4, h: int = 3, **more: bool) -> Place:
    return Place(id=key, x=x, y=y, w=w, h=h, **more)


def manifest(width: int = 4, height: int = 3) -> Manifest:
    return Manifest(id="new", title={"en": "New"}, description={"en": "New"}, subject="law", width=width, height=height)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    places = []
    for number in range(draw(st.integers(0, 9))):
        w = draw(st.integers(1, COLUMNS))
        x, y = draw(st.integers(0, COLUMNS - w)), draw(st.integers(0, 12))
        places.append(place(f"w{number}", x, y, w, draw(st.integers(1, 12)), collapsed=draw(st.booleans())))
    return settled(Layout(widgets=tuple(places)))


def cells(layout: Layout) -> list[tuple[int, int]]:
    return [
        (x, y) for one in layout.widgets for x in range(one.x, one.x + one.w) for y in range(one.y, one.y + one.rows)
    ]


@given(layouts(), st.integers(0, 9), st.integers(3, 12), st.integers(1, 12))
def test_none_covers_another(layout: Layout, number: int, width: int, height: int) -> None:
    key = f"w{number}"
    for changed in (
        layout,
        added(layout, manifest(width, height), "new"),
        without(layout, key),
        turned(layout, key),
        moved(layout, key, -1),
        moved(layout, key, 1),
    ):
        assert len(set(cells(changed))) == len(cells(changed))
        assert settled(changed) == changed
        assert all(one.y == 0 or (one.x, one.y - 1) in _under(changed, one) for one in changed.widgets)


def _under(layout: Layout, one: Place) -> list[tuple[int, int]]:
    """Every cell of the row above that somebody else has, seen from the left edge of `one`."""
    taken = set(cells(layout))
    return [(one.x, one.y - 1)] if any((x, one.y - 1) in taken for x in range(one.x, one.x + one.w)) else []


@given(layouts())
def test_earlier_and_later(layout: Layout) -> None:
    for at, key in enumerate(layout.ids):
        later = moved(layout, key, 1)
        assert later.ids.index(key) == min(at + 1, len(layout.ids) - 1)
        assert moved(later, key, -1).ids == layout.ids or at == len(layout.ids) - 1
    assert moved(layout, "nothing", 1) == layout


def test_a_new_one_stands_where_there_is_room_first() -> None:
    layout = Layout(widgets=(place("a", 0, 0), place("b", 8, 0), place("c", 0, 3, 12)))
    found = added(layout, manifest(), "new").widgets[-1]
    assert (found.x, found.y) == (4, 0)
    assert added(layout, manifest(), "a") == layout
    full = Layout(widgets=tuple(place(f"w{number}", 0, number, 1, 1) for number in range(MOST_WIDGETS)))
    assert added(full, manifest(), "new") == full


def test_what_is_gone_makes_room() -> None:
    layout = Layout(view="list", widgets=(place("gone", 0, 0), place("a", 0, 3), place("b", 4, 0)))
    assert only(layout, lambda key: key != "gone") == Layout(view="list", widgets=(place("a", 0, 0), place("b", 4, 0)))


def test_collapsed_it_takes_one_row() -> None:
    layout = turned(Layout(widgets=(place("a", 0, 0), place("b", 0, 3))), "a")
    assert layout.widgets == (place("a", 0, 0, collapsed=True), place("b", 0, 1))
    assert turned(layout, "a").widgets == (place("a", 0, 0), place("b", 0, 3))


GOOD = {"id": "a", "x": 0, "y": 0, "w": 4, "h": 3, "collapsed": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": -1},
        {"x": 12},
        {"x": 9},
        {"y": 1_001},
        {"w": 0},
        {"w": 13},
        {"h": 0},
        {"h": 13},
        {"x": "0"},
        {"x": 0.0},
        {"x": True},
        {"x": None},
        {"id": ""},
        {"id": "../a"},
        {"id": "a b"},
        {"id": "a\x00"},
        {"id": "x" * 161},
        {"collapsed": 1},
        {"z": 1},
    ],
)
def test_what_is_no_place(wrong: dict[str, object]) -> None:
    Layout.model_validate_json(json.dumps({"widgets": [GOOD]}))
    with pytest.raises(ValidationError):
        Layout.model_validate_json(json.dumps({"widgets": [GOOD | wrong]}))


def test_what_is_no_layout() -> None:
    many = [GOOD | {"id": f"w{number}"} for number in range(MOST_WIDGETS + 1)]
    for wrong in ({"widgets": [GOOD, GOOD]}, {"widgets": many}, {"view": "tree"}, {"sub": "bob"}, [], "x", None):
        with pytest.raises(ValidationError):
            Layout.model_validate_json(json.dumps(wrong))


def test_the_page_comes_to_the_same_places(tmp_path: Path) -> None:
    cases: list[dict[str, object]] = []

    @given(layouts(), st.integers(0, 9), st.integers(3, 12), st.integers(1, 12))
    @example(Layout(widgets=(Place(id="w0", x=11, y=0, w=1, h=1),)), 0, 3, 1)
    def collect(layout: Layout, number: int, width: int, height: int) -> None:
        key = f"w{number}"
        wanted = {
            "added": added(layout, manifest(width, height), "new"),
            "without": without(layout, key),
            "turned": turned(layout, key),
            "earlier": moved(layout, key, -1),
            "later": moved(layout, key, 1),
        }
        before = layout.model_dump()["widgets"]
        after = {name: list(one.model_dump()["widgets"]) for name, one in wanted.items()}
        cases.append({"places": list(before), "key": key, "new": [width, height], "wanted": after})

    collect()
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    script = tmp_path / "compare.mjs"
    script.write_text(COMPARE)
    (tmp_path / "places.mjs").write_text((STATIC / "places.js").read_text())
    done = subprocess.run(node(script), cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(cases)


COMPARE = """
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as places from "./places.mjs";

const cases = JSON.parse(readFileSync("cases.json", "utf-8"));
for (const { places: before, key, new: [w, h], wanted } of cases) {
  assert.deepEqual(places.added(before, { id: "new", w, h }), wanted.added);
  assert.deepEqual(places.without(before, key), wanted.without);
  assert.deepEqual(places.turned(before, key), wanted.turned);
  assert.deepEqual(places.movedInList(before, key, -1) ?? before, wanted.earlier);
  assert.deepEqual(places.movedInList(before, key, 1) ?? before, wanted.later);
  for (const step of ["up", "down", "start", "end", "wider", "narrower", "taller", "shorter"]) {
    if (!before.some((one) => one.id === key)) continue;
    const move = ["up", "down", "start", "end"].includes(step) ? places.movedOnGrid : places.resized;
    const after = move(before, key, step);
    if (!after) continue;
    for (const one of after) {
      assert(one.x >= 0 && one.x + one.w <= 12 && one.y >= 0);
      for (const other of after) {
        const apart = one.x >= other.x + other.w || other.x >= one.x + one.w
          || one.y >= other.y + (other.collapsed ? 1 : other.h) || other.y >= one.y + (one.collapsed ? 1 : one.h);
        assert(one === other || apart, `${step} ${JSON.stringify(before)}`);
      }
    }
  }
}
console.log(cases.length);
"""
