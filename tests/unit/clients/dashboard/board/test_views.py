"""The dashboard without JavaScript: a list of widgets, and forms for everything."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Arrive = Callable[..., FlaskClient]
Act = Callable[..., TestResponse]


def shown(page: TestResponse) -> list[str]:
    assert page.status_code == 200, page.text
    board = page.text.partition('id="board"')[2].partition("data-empty")[0]
    return re.findall(r'data-widget="([^"]+)"', board)


def ticked(page: TestResponse) -> list[str]:
    return re.findall(r'name="widget" value="([^"]+)" checked', page.text)


def test_newcomers_find_something(arrive: Arrive) -> None:
    page = arrive().get("/dashboard")
    assert shown(page)[:2] == ["messages", "services"]
    assert {"world-clock", "quick-links", "patent-search"} <= set(shown(page))
    assert sorted(ticked(page)) == sorted(shown(page))
    for subject in ("Patents", "Trademarks", "Designs", "Geographical Indications", "Payments", "Law", "General"):
        assert f"<legend>{subject}</legend>" in page.text
    assert "Dashboard templates" in page.text


def test_ticking(arrive: Arrive, act: Act) -> None:
    browser = arrive()
    page = act(browser, "/dashboard/choose", widget=["notepad", "messages", "no-such", "notepad"])
    assert shown(page) == ["messages", "notepad"]
    assert "Your dashboard is changed." in page.text
    page = act(browser, "/dashboard/arrange", do="undo")
    assert len(shown(page)) > 2
    page = act(browser, "/dashboard/choose")
    assert shown(page) == []
    assert "Your dashboard is empty." in page.text
    assert shown(browser.get("/dashboard")) == []


def test_moving_collapsing_and_removing(arrive: Arrive, act: Act) -> None:
    browser = arrive()
    act(browser, "/dashboard/choose", widget=["messages", "services", "notepad"])
    assert shown(act(browser, "/dashboard/arrange", do="down messages")) == ["services", "messages", "notepad"]
    assert shown(act(browser, "/dashboard/arrange", do="up notepad")) == ["services", "notepad", "messages"]
    page = act(browser, "/dashboard/arrange", do="turn services")
    assert re.search(r'id="w-services"[^>]* data-collapsed', page.text)
    page = act(browser, "/dashboard/arrange", do="remove services")
    assert shown(page) == ["notepad", "messages"]
    page = act(browser, "/dashboard/arrange", do="undo")
    assert shown(page) == ["services", "notepad", "messages"]
    assert 'data-view="list"' in act(browser, "/dashboard/arrange", do="list").text
    for wrong in ("", "explode messages", "left messages"):
        assert act(browser, "/dashboard/arrange", do=wrong).status_code == 400
    assert shown(act(browser, "/dashboard/arrange", do="remove no-such")) == ["services", "notepad", "messages"]


def test_clearing_says_what_is_lost(arrive: Arrive, act: Act) -> None:
    browser = arrive()
    before = shown(browser.get("/dashboard"))
    assert "how they are arranged is lost" in browser.get("/dashboard/clear").text
    page = act(browser, "/dashboard/clear")
    assert shown(page) == []
    assert 'value="undo"' in page.text
    # The address of an old change offers nothing.
    assert 'value="undo"' not in browser.get("/dashboard?undo=99").text
    assert shown(act(browser, "/dashboard/arrange", do="undo")) == before


def test_a_template_takes_the_place(arrive: Arrive, act: Act) -> None:
    browser = arrive()
    assert "takes the place of your widgets" in browser.get("/dashboard/templates/member-state").text
    page = act(browser, "/dashboard/templates/member-state")
    assert shown(page)[:2] == ["annual-contributions", "messages"]
    # Those of other services are a link here, and a page of their own.
    assert 'href="/dashboard/widgets/annual-contributions">Open' in page.text
    assert browser.get("/dashboard/templates/no-such").status_code == 404


def test_a_widget_by_itself(arrive: Arrive) -> None:
    browser = arrive()
    assert "Nothing new" in browser.get("/dashboard/widgets/messages").text
    assert browser.get("/dashboard/widgets/no-such").status_code == 404
    assert browser.get("/dashboard/widgets/messages/card").text.lstrip().startswith("<p>Nothing new")
    assert browser.get("/dashboard/widgets/no-such/card").status_code == 404


def test_a_stronger_sign_in_and_back(arrive: Arrive) -> None:
    browser = arrive()
    away = browser.get("/dashboard/widgets/messages/sign-in?acr=aal2&max_age=10")
    assert away.status_code == 303
    assert "acr_values=aal2" in away.location
    assert "max_age=60" in away.location
    away = browser.get(f"/dashboard/widgets/messages/sign-in?max_age={10**18}")
    assert f"max_age={10**9}&" in f"{away.location}&"
    # More than a database counts to is no number, like any other text.
    for nonsense in ("x", 10**30):
        away = browser.get(f"/dashboard/widgets/messages/sign-in?acr=nonsense&max_age={nonsense}")
        assert "acr_values" not in away.location
        assert "max_age" not in away.location


def test_strangers_sign_in_first(client: FlaskClient) -> None:
    for path in ("/dashboard", "/dashboard/clear", "/dashboard/widgets/messages", "/dashboard/templates/applicant"):
        assert client.get(path).status_code == 303
    for path in ("/dashboard/layout", "/dashboard/widgets/messages/card"):
        assert client.get(path).status_code == 401


def test_a_change_that_met_others_is_no_error(
    arrive: Arrive, act: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's change is stored between each look and each try."""
    browser = arrive()
    monkeypatch.setattr("clients.dashboard.board.store.begin", lambda *_: False)
    monkeypatch.setattr("clients.dashboard.board.store.change_if", lambda *_: False)
    for path, fields in (
        ("/dashboard/arrange", {"do": "remove messages"}),
        ("/dashboard/clear", {}),
        ("/dashboard/choose", {}),
    ):
        page = act(browser, path, **fields)
        assert page.status_code == 200
        assert "changed somewhere else at the same moment" in page.text
