"""Quick Links' forms."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import done, refused, sub
from clients.dashboard.widgets.links.addresses import address_of, title_of
from clients.dashboard.widgets.links.widget import ID, LIST, MOST
from clients.sso.guard import signed_in


def blueprint(clock: Callable[[], int]) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "widget_links", __name__, template_folder="templates", static_folder="static", static_url_path="/static/links"
    )

    @routes.post("/dashboard/links")
    @signed_in
    def add() -> ResponseReturnValue:
        address = address_of(request.form.get("address", ""))
        if not address:
            return refused(ID, _("Enter an address like https://www.example.org."))
        title = title_of(request.form.get("title", ""), address)
        try:
            store.add_entry(sub(), LIST, title, address, most=MOST, now=clock())
        except store.ThereAlreadyError:
            return refused(ID, _("This link is there already."))
        except store.FullError:
            return refused(ID, _("More than %(count)s links can’t be kept. Remove one first.", count=MOST))
        return done(ID)

    @routes.post("/dashboard/links/change")
    @signed_in
    def change() -> ResponseReturnValue:
        """Remove a link, or move it up or down."""
        entry_id, action = request.form.get("entry", ""), request.form.get("action", "")
        if entry_id.isprintable():
            match action:
                case "remove":
                    store.remove_entry(sub(), LIST, entry_id)
                case "up" | "down":
                    store.move_entry(sub(), LIST, entry_id, -1 if action == "up" else 1)
        return done(ID)

    return routes
