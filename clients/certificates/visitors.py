"""Who is visiting, as the use cases want to know it, and pages that are for certificate officers."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import abort, request
from flask.typing import ResponseReturnValue

from clients.certificates.issuance import NotFoundError
from clients.certificates.trail import Who
from clients.sso.guard import View, current_visitor, demands, signed_in

P = ParamSpec("P")
OFFICER = "certificate_officer"


def who() -> Who:
    """Return the signed-in person of this request, and where they are."""
    visitor = current_visitor() or abort(HTTPStatus.FORBIDDEN)
    return Who(visitor.sub, request.remote_addr or "", visitor.name if is_officer() else "")


def is_officer() -> bool:
    """Tell whether the visitor is a certificate officer."""
    visitor = current_visitor()
    return visitor is not None and OFFICER in visitor.roles


def person(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to whoever is signed in; what isn't theirs isn't there."""
    return signed_in(_found(view))


def strongly(max_age: int) -> Callable[[View[P]], View[P]]:
    """Show a view to whoever has signed in with two factors at most `max_age` seconds ago; others do that first."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        return demands(acr="aal2", max_age=max_age)(_found(view))

    return decorate


def _found(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    @wraps(view)
    def looked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)

    return looked


def officer(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to certificate officers; others sign in, or are told that it isn't for them."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if is_officer() else abort(HTTPStatus.FORBIDDEN)

    return signed_in(_found(guarded))
