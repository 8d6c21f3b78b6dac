"""What the pages of payments share: whose they are, and what is said when something isn't there."""

from http import HTTPStatus

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from clients.sso.guard import current_visitor


def sub_of_visitor() -> str:
    """Return whose page it is; only behind `signed_in`."""
    visitor = current_visitor()
    return visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)


def gone(title: str, why: str) -> ResponseReturnValue:
    """Say that something isn't there, or isn't this person's: nobody learns which."""
    return render_template("payments/gone.html", title=title, why=why), HTTPStatus.NOT_FOUND
