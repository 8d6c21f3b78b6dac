"""Pairing's pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from clients.sso.guard import signed_in


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("pairing", __name__, template_folder="templates")

    @routes.get("/")
    @signed_in
    def overview() -> ResponseReturnValue:
        """Show what the account is paired to."""
        return render_template("pairing/overview.html")

    return routes
