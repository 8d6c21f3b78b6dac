"""The dashboard's pages."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from clients.dashboard.messages.inbox import Wanted
from clients.dashboard.messages.views import Desk
from clients.sso.guard import current_visitor, signed_in
from config.settings import RelyingPartySettings

_NEWEST = 3
"""Messages on the dashboard."""


def blueprint(settings: RelyingPartySettings, desk: Desk) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("dashboard", __name__, template_folder="templates")

    @routes.get("/")
    def landing() -> ResponseReturnValue:
        """Say what this is, to people who aren't signed in."""
        if current_visitor():
            return redirect("/dashboard", HTTPStatus.SEE_OTHER)
        return render_template("dashboard/landing.html", issuer=settings.issuer)

    @routes.get("/dashboard")
    @signed_in
    def overview() -> ResponseReturnValue:
        """Show what is theirs."""
        visitor = current_visitor()
        sub = visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)
        return render_template(
            "dashboard/overview.html",
            messages=desk.inbox.page(sub, Wanted(), most=_NEWEST).messages,
            unread=desk.unread(sub),
            issuer=settings.issuer,
            filing=settings.services.get("filing"),
            pairing=settings.services.get("pairing"),
        )

    return routes
