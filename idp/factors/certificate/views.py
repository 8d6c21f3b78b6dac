"""The page for whoever comes back with a ticket that is no good; everything else is said on the sign-in page."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.errors import PageError
from idp.factors.certificate.service import Certificates


def blueprint(method: Certificates) -> Blueprint:
    """Return the routes; the sign-in page's template asks `certificate_signs_in`, whether a certificate is enough there."""
    routes = Blueprint(
        "certificate",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/certificate",
    )

    @routes.app_context_processor
    def alone() -> dict[str, bool]:
        return {"certificate_signs_in": method.signs_in_alone}

    @routes.get("/sign-in/certificate")
    def again() -> ResponseReturnValue:
        """Say that a ticket was used before, or came too late."""
        raise PageError(
            HTTPStatus.GONE,
            _("This step was used already, or took too long"),
            _("Go back to the sign-in page, reload it, and choose “Use my certificate” again."),
        )

    return routes
