"""Boards and registered widgets on both engines: of many changes made from the same version one is stored, and nothing is lost unseen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clients.dashboard.app import create
from clients.dashboard.board.layout import Layout, Place
from clients.dashboard.board.service import Boards, OtherVersionError
from clients.dashboard.widgets.contract import Card, Manifest, Viewer, Widget
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.registered import store
from clients.dashboard.widgets.registered.service import MOST, Registered, UnacceptableError
from clients.dashboard.widgets.registered.wire import NewWidget
from clients.dashboard.widgets.registry import Registry
from clients.sso.db import db
from config.settings import load_relying_party

NOW = 1_800_000_000
RACERS = 8
API = "https://fees.example/api"


class Empty:
    def card(self, _viewer: Viewer, _chosen: object) -> Card:
        return Card()


def widget(key: str) -> Widget:
    return Widget(Manifest(id=key, title={"en": key}, description={"en": key}, subject="law"), Empty())


boards = Boards(Registry([widget(f"w{number}") for number in range(RACERS)]), lambda: NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["DASHBOARD_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("dashboard", environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def layout(*numbers: int) -> Layout:
    return Layout(widgets=tuple(Place(id=f"w{number}", x=0, y=number, w=4, h=1) for number in numbers))


def save(*numbers: int, version: int, editor: str = "editor-a", sequence: int = 1, sub: str = "alice") -> int:
    return boards.save(sub, layout(*numbers), version=version, editor=editor, sequence=sequence).version


def ids(sub: str = "alice") -> list[str]:
    return list(boards.board(sub).layout.ids)


def race(app: Flask, action: Callable[[int], Any]) -> list[Any]:
    def run(number: int) -> Any:
        with app.app_context():
            try:
                return action(number)
            except (OtherVersionError, UnacceptableError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_of_many_pages_one_is_first(app: Flask) -> None:
    for version, many in ((0, 1), (1, 2)):
        wanted = [[(number + more) % RACERS for more in range(many)] for number in range(RACERS)]
        answers = race(
            app, lambda number, at=version, of=wanted: save(*of[number], version=at, editor=f"editor-{number}")
        )
        assert answers.count("OtherVersionError") == RACERS - 1
        winner = answers.index(version + 1)
        assert ids() == [f"w{number}" for number in wanted[winner]]


def test_the_same_change_many_times_is_one(app: Flask) -> None:
    assert race(app, lambda _number: save(1, 2, version=0)) == [1] * RACERS
    assert race(app, lambda _number: save(2, version=1, sequence=2)) == [2] * RACERS


def test_a_page_that_is_left_is_no_conflict_with_itself(app: Flask) -> None:
    answers = race(app, lambda number: save(*range(number + 1), version=0, sequence=number + 1))
    # Whatever came late was refused; the newest stands, however many were stored before.
    assert ids() == [f"w{number}" for number in range(RACERS)]
    assert answers[-1] in range(1, RACERS + 1)
    with pytest.raises(OtherVersionError):
        save(1, version=0, editor="editor-b", sequence=99)


def test_forms_are_all_done(app: Flask) -> None:
    boards.clear("alice")
    answers = []
    for _ in range(3):
        answers = race(app, lambda number: boards.step("alice", "add", f"w{number}").version)
    assert "OtherVersionError" not in answers
    assert sorted(ids()) == [f"w{number}" for number in range(RACERS)]


def test_undo(app: Flask) -> None:
    save(1, 2, version=0)
    save(2, version=1, sequence=2)
    save(2, 3, version=2, sequence=3)
    # Adding loses nothing, so what is undone is the change before.
    assert boards.undo("alice").layout.ids == ("w1", "w2")
    assert boards.undo("alice").layout.ids == ("w2", "w3")
    assert ids("bob") == []
    assert boards.undo("bob").version == 0


def test_everybody_has_their_own(app: Flask) -> None:
    save(1, version=0)
    save(2, version=0, sub="bob")
    save(3, version=1, sequence=2)
    assert (ids(), ids("bob")) == (["w3"], ["w2"])
    assert boards.board("bob").version == 1


def test_what_nobody_can_read_any_more(app: Flask) -> None:
    save(1, version=0)
    db.session.execute(db.text('UPDATE board_layout SET layout = \'{"view": "tree"}\''))
    db.session.commit()
    assert ids() == []
    assert save(2, version=1, sequence=2) == 2


NEW = {
    "title": {"en": "Fees"},
    "description": {"en": "What is due."},
    "subject": "payments",
    "resource": API,
    "scopes": ("fees:read",),
    "data_url": f"{API}/widget",
}
registered = Registered({API: ("fees:read",)}, {"fees": "Fees Office"}, Gate(), lambda: NOW)


def test_services_do_not_touch_each_other(app: Flask) -> None:
    new = NewWidget(**NEW)
    for service in ("fees", "other"):
        registered.put(service, "due", new)
    registered.put("fees", "due", NewWidget(**NEW | {"width": 6}))
    assert [(one.key, one.by, one.manifest.width) for one in registered.offered()] == [
        ("fees.due", "Fees Office", 6),
        ("other.due", "other", 4),
    ]
    assert registered.remove("other", "due")
    assert not registered.remove("other", "due")
    assert [one.id for one in registered.of("fees")] == ["due"]


def test_not_more_than_so_many(app: Flask) -> None:
    for number in range(MOST):
        registered.put("fees", f"w{number}", NewWidget(**NEW))
    with pytest.raises(UnacceptableError):
        registered.put("fees", "one-more", NewWidget(**NEW))
    registered.put("fees", "w0", NewWidget(**NEW | {"height": 5}))
    assert len(registered.of("fees")) == MOST


def test_an_api_that_is_no_longer_asked_for(app: Flask) -> None:
    registered.put("fees", "due", NewWidget(**NEW))
    assert Registered({}, {}, Gate(), lambda: NOW).offered() == []
    store.put("fees", "odd", "{}", NOW, most=MOST)
    assert [one.id for one in registered.of("fees")] == ["due"]
