"""The service's pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from clients.certificates.enrolments import Enrolments
from clients.certificates.issuance import Issuance
from clients.certificates.looking_after import LookingAfter
from clients.sso.guard import signed_in


def blueprint(enrolments: Enrolments, looking_after: LookingAfter, issuance: Issuance) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("certificates", __name__, template_folder="templates")

    @routes.get("/")
    @routes.get("/certificates")
    @signed_in
    def overview() -> ResponseReturnValue:
        """Show what the person has."""
        return render_template("certificates/overview.html")

    return routes
