"""The dashboard's pages."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from clients.sso.guard import current_visitor, signed_in
from config.settings import RelyingPartySettings


def blueprint(settings: RelyingPartySettings) -> Blueprint:
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
        return render_template(
            "dashboard/overview.html",
            issuer=settings.issuer,
            filing=settings.services.get("filing"),
            pairing=settings.services.get("pairing"),
        )

    return routes
