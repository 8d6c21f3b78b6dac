"""The layout as JSON: strict, versioned, and nobody else's."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Arrive = Callable[..., FlaskClient]
Save = Callable[..., TestResponse]
MESSAGES: dict[str, Any] = {"id": "messages", "x": 0, "y": 0, "w": 6, "h": 4, "collapsed": False}
NOTEPAD = MESSAGES | {"id": "notepad", "x": 6}


def ids(answer: TestResponse) -> list[str]:
    return [one["id"] for one in answer.json["layout"]["widgets"]]


def test_a_change_is_stored_once(arrive: Arrive, save: Save) -> None:
    browser = arrive()
    answer = save(browser, MESSAGES, NOTEPAD)
    assert answer.status_code == 200, answer.text
    assert answer.json["version"] == 1
    # The answer was lost, and the page sends it again.
    again = save(browser, MESSAGES, NOTEPAD)
    assert (again.status_code, again.json["version"]) == (200, 1)
    assert ids(browser.get("/dashboard/layout")) == ["messages", "notepad"]
    assert ids(arrive().get("/dashboard/layout")) == ["messages", "notepad"]


def test_two_pages_never_overwrite_each_other(arrive: Arrive, save: Save) -> None:
    first, second = arrive(), arrive()
    assert save(first, MESSAGES, NOTEPAD).json["version"] == 1
    refused = save(second, MESSAGES, editor="editor-2")
    assert refused.status_code == 409
    assert ids(refused) == ["messages", "notepad"]
    taken = save(second, MESSAGES, editor="editor-2", version=refused.json["version"], sequence=2)
    assert taken.json["version"] == 2
    # The first page's next change is of something that isn't there any more.
    assert save(first, NOTEPAD, version=1, sequence=2).status_code == 409


def test_a_page_is_no_conflict_with_itself(arrive: Arrive, save: Save) -> None:
    browser = arrive()
    save(browser, MESSAGES)
    # Left while one change was on its way: the next one began from the same version, and was faster.
    assert save(browser, NOTEPAD, version=0, sequence=3).json["version"] == 2
    late = save(browser, MESSAGES, NOTEPAD, version=1, sequence=2)
    assert (late.status_code, ids(late)) == (409, ["notepad"])


def test_widgets_that_are_gone_are_dropped(arrive: Arrive, save: Save) -> None:
    browser = arrive()
    gone = MESSAGES | {"id": "notices.gone", "y": 0}
    assert ids(save(browser, gone, MESSAGES | {"y": 4})) == ["messages"]
    assert browser.get("/dashboard/layout").json["layout"]["widgets"] == [MESSAGES]


@pytest.mark.parametrize(
    "changes",
    [
        {"layout": {"view": "grid", "widgets": [MESSAGES | {"x": 11}]}},
        {"layout": {"view": "grid", "widgets": [MESSAGES, MESSAGES]}},
        {"layout": []},
        {"version": -1},
        {"version": "0"},
        {"editor": "x"},
        {"editor": "'; DROP TABLE board_layout --"},
        {"sequence": 0},
        {"sub": "bob-2"},
    ],
)
def test_what_is_no_layout(arrive: Arrive, save: Save, changes: dict[str, Any]) -> None:
    browser = arrive()
    before = browser.get("/dashboard/layout").json
    assert save(browser, MESSAGES, **changes).status_code == 422
    assert browser.get("/dashboard/layout").json == before


def test_refused_at_the_door(arrive: Arrive, save: Save, client: FlaskClient) -> None:
    browser = arrive()
    assert save(browser, MESSAGES, token="made up").status_code == 400
    assert save(browser, MESSAGES, layout="x" * 300_000).status_code == 413
    assert browser.put("/dashboard/layout", data=b"{}").status_code == 400
    assert client.put("/dashboard/layout", data=b"{}").status_code == 400
    assert browser.get("/dashboard/layout").json["version"] == 0


PEOPLE = ("alice-1", "bob-2", "finn-3")


def test_all_pairs(arrive: Arrive, save: Save, act: Callable[..., TestResponse]) -> None:
    browsers = {sub: arrive(sub) for sub in PEOPLE}
    for number, browser in enumerate(browsers.values()):
        save(browser, MESSAGES | {"w": 5 + number})
    before = {sub: browser.get("/dashboard/layout").json for sub, browser in browsers.items()}
    for visitor, owner in itertools.permutations(PEOPLE, 2):
        browser = browsers[visitor]
        for path in (f"/dashboard/layout?sub={owner}", f"/dashboard/layout?editor=editor-1&sub={owner}"):
            assert browser.get(path).json["layout"] == before[visitor]["layout"]
        assert browser.get(f"/dashboard/{owner}/layout").status_code == 404
        act(browser, f"/dashboard/arrange?sub={owner}", do="remove messages", sub=owner)
        act(browser, "/dashboard/arrange", do="undo", sub=owner)
        assert browsers[owner].get("/dashboard/layout").json["layout"] == before[owner]["layout"]
