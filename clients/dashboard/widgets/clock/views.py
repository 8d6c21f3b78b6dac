"""The World Clock's forms."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.dashboard.widgets.clock import zones
from clients.dashboard.widgets.clock.widget import ID, LIST, MOST
from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import done, refused, sub
from clients.sso.guard import signed_in


def blueprint(clock: Callable[[], int]) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "widget_clock", __name__, template_folder="templates", static_folder="static", static_url_path="/static/clock"
    )

    @routes.post("/dashboard/clock")
    @signed_in
    def add() -> ResponseReturnValue:
        zone = request.form.get("zone", "")
        if zone not in zones.names():
            return refused(ID, _("Choose a city."))
        try:
            store.add_entry(sub(), LIST, "", zone, most=MOST, now=clock())
        except store.ThereAlreadyError:
            return refused(ID, _("This city is there already."))
        except store.FullError:
            return refused(ID, _("More than %(count)s clocks can’t be shown. Remove one first.", count=MOST))
        return done(ID)

    @routes.post("/dashboard/clock/remove")
    @signed_in
    def remove() -> ResponseReturnValue:
        # Twice is once: another tab, a double click.
        entry_id = request.form.get("entry", "")
        if entry_id.isprintable():
            store.remove_entry(sub(), LIST, entry_id)
        return done(ID)

    return routes
