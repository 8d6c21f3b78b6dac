"""The portal's front page, for people who aren't signed in."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from clients.sso.guard import current_visitor
from config.settings import RelyingPartySettings


def blueprint(settings: RelyingPartySettings) -> Blueprint:
    """Return the route."""
    routes = Blueprint("dashboard", __name__, template_folder="templates")

    @routes.get("/")
    def landing() -> ResponseReturnValue:
        """Say what this is, to people who aren't signed in."""
        if current_visitor():
            return redirect(url_for("board.board"), HTTPStatus.SEE_OTHER)
        return render_template("dashboard/landing.html", issuer=settings.issuer)

    return routes
