"""Who is visiting, as the use cases want to know it, and pages that are for certificate officers."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import abort, request
from flask.typing import ResponseReturnValue

from clients.certificates.enrolments import NotFoundError
from clients.certificates.trail import Who
from clients.sso.guard import current_visitor, signed_in

P = ParamSpec("P")
OFFICER = "certificate_officer"


def who() -> Who:
    """Return the signed-in person of this request, and where they are."""
    visitor = current_visitor() or abort(HTTPStatus.FORBIDDEN)
    return Who(visitor.sub, request.remote_addr or "")


def is_officer() -> bool:
    """Tell whether the visitor is a certificate officer."""
    visitor = current_visitor()
    return visitor is not None and OFFICER in visitor.roles


def officer(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to certificate officers; others sign in, or are told that it isn't for them."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs) if is_officer() else abort(HTTPStatus.FORBIDDEN)
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)

    return signed_in(guarded)
