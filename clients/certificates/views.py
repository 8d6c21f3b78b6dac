"""The service's pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from clients.sso.guard import signed_in


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("certificates", __name__, template_folder="templates")

    @routes.get("/")
    @routes.get("/certificates")
    @signed_in
    def overview() -> ResponseReturnValue:
        """Show what the person has."""
        return render_template("certificates/overview.html")

    return routes
