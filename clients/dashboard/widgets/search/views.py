"""The searches' routes: on to the database, and the list of what was saved.

The form leads to a page of ours that leads on: browsers check a form's target against the policy of the page, and that stays closed to
other origins. The database learns nothing about the page that people come from.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import done, refused, sub
from clients.dashboard.widgets.search.widget import LONGEST, MOST, SEARCHES, Search, address
from clients.sso.guard import signed_in

_BY_NAME = {one.name: one for one in SEARCHES}


def blueprint(clock: Callable[[], int], databases: Mapping[str, str]) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("widget_search", __name__, template_folder="templates")

    def _asked(name: str) -> Search:
        return (databases.get(name) and _BY_NAME.get(name)) or abort(HTTPStatus.NOT_FOUND)

    @routes.post("/dashboard/search/<name>")
    @signed_in
    def search(name: str) -> ResponseReturnValue:
        """Lead on to the database, or keep the search."""
        asked, query = _asked(name), _query(request.form.get("q", ""))
        if request.form.get("action") == "save":
            return keep(asked, query)
        return render_template("search/leave.html", url=address(databases[name], query))

    def keep(asked: Search, query: str) -> ResponseReturnValue:
        if not query:
            return refused(asked.widget_id, _("Write what you search for, then save it."))
        try:
            store.add_entry(sub(), asked.list, "", query, most=MOST, now=clock())
        except store.ThereAlreadyError:
            return refused(asked.widget_id, _("This search is saved already."))
        except store.FullError:
            return refused(
                asked.widget_id, _("More than %(count)s searches can’t be saved. Remove one first.", count=MOST)
            )
        return done(asked.widget_id)

    @routes.post("/dashboard/search/<name>/remove")
    @signed_in
    def remove(name: str) -> ResponseReturnValue:
        asked, entry_id = _asked(name), request.form.get("entry", "")
        if entry_id.isprintable():
            store.remove_entry(sub(), asked.list, entry_id)
        return done(asked.widget_id)

    return routes


def _query(text: str) -> str:
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:LONGEST]
