"""The API by which services post invoices and movements. Whose they are is what the token says (RFC 6750, RFC 9068)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import NoReturn, TypeVar

from flask import Response, jsonify, request
from pydantic import BaseModel

from clients.dashboard.api import parts
from clients.dashboard.payments import document, references, states
from clients.dashboard.payments.posting import (
    NotFoundError,
    OtherContentError,
    Posting,
    TakenError,
    TooManyError,
    UnacceptableError,
)
from clients.dashboard.payments.wire import Invoices, Movements, NewInvoice, NewMovement, NewState, invoice_shown
from clients.sso import api_input
from clients.sso.api_errors import RefusalError, refuse_fields, reused_key, too_many
from clients.sso.resource_server import ResourceServer, caller

SCOPE = "payments:write"
_WRONG = "invalid_payment"

Model = TypeVar("Model", bound=BaseModel)


def part(posting: Posting, guard: ResourceServer) -> parts.Part:
    """Return the API's part about payments."""
    routes, calls = parts.blueprint("payments_api", __name__), _Calls(posting)
    for method, path, call in (
        ("POST", "/payments", calls.post_invoices),
        ("GET", "/payments", calls.find_invoices),
        ("GET", "/payments/<id>", calls.read_invoice),
        ("POST", "/payments/<id>/state", calls.change_state),
        ("POST", "/movements", calls.post_movements),
    ):
        routes.add_url_rule(path, call.__name__, guard.requires(SCOPE, own=True)(call), methods=[method])
    return parts.Part(
        name="Payments",
        about=document.ABOUT,
        routes=routes,
        scopes={SCOPE: "Post invoices and movements, read them back, and say what has become of them."},
        paths=document.paths(),
        schemas=document.schemas(),
    )


class _Calls:
    def __init__(self, posting: Posting) -> None:
        self._posting = posting

    def post_invoices(self) -> tuple[Response, HTTPStatus]:
        sent, invoices, single = _read("invoices", NewInvoice, lambda sent: _checked(Invoices, sent).invoices)
        with _refusals("invoices", single=single):
            ids = self._posting.post_invoices(caller().client_id, invoices, key=api_input.idempotency_key(), sent=sent)
        return _made("invoices", ids, single=single)

    def post_movements(self) -> tuple[Response, HTTPStatus]:
        sent, movements, single = _read("movements", NewMovement, lambda sent: _checked(Movements, sent).movements)
        with _refusals("movements", single=single):
            ids = self._posting.post_movements(
                caller().client_id, movements, key=api_input.idempotency_key(), sent=sent
            )
        return _made("movements", ids, single=single)

    def find_invoices(self) -> Response:
        found = self._posting.find(caller().client_id, **_named())
        return jsonify(invoices=[invoice_shown(one) for one in found])

    def read_invoice(self, id: str) -> Response:  # noqa: A002 - its name in the document
        found = self._posting.find(caller().client_id, id=id)
        return jsonify(invoice_shown(found[0] if found else _gone()))

    def change_state(self, id: str) -> Response:  # noqa: A002
        sent, _value = api_input.body()
        wanted = _checked(NewState, sent).state
        try:
            return jsonify(invoice_shown(self._posting.change(caller().client_id, id, wanted)))
        except NotFoundError:
            _gone()
        except states.TransitionError as error:
            raise _wrong_state(error) from error


def _checked(model: type[Model], sent: bytes) -> Model:
    return api_input.checked(model, sent, error=_WRONG)


def _read(name: str, one: type[Model], many: Callable[[bytes], Sequence[Model]]) -> tuple[bytes, Sequence[Model], bool]:
    """Return what was sent, the entries in it, and whether it was a single one."""
    sent, value = api_input.body()
    if name in value:
        return sent, many(sent), False
    return sent, [_checked(one, sent)], True


def _made(name: str, ids: Sequence[str], *, single: bool) -> tuple[Response, HTTPStatus]:
    made: list[dict[str, str]] = [{"id": one} for one in ids]
    return jsonify(made[0] if single else {name: made}), HTTPStatus.CREATED


@contextmanager
def _refusals(name: str, *, single: bool) -> Iterator[None]:
    """Say to the service why nothing was stored."""
    try:
        yield
    except TakenError as error:
        text = "Nothing was stored: something else was posted under these references."
        errors = dict(api_input.at_entries(name, error.errors, single=single))
        raise RefusalError(HTTPStatus.CONFLICT, "reference_taken", text, more={"errors": errors}) from error
    except UnacceptableError as error:
        refuse_fields(_WRONG, api_input.at_entries(name, error.errors, single=single))
    except OtherContentError as error:
        raise reused_key() from error
    except TooManyError as error:
        raise too_many() from error


def _named() -> dict[str, str]:
    """Return by what invoices are looked for."""
    if reference := request.args.get("reference", ""):
        return {"reference": reference}
    quoted = request.args.get("payment_reference", "")
    if found := references.read(quoted):
        return {"payment": found}
    text = "The check digits are wrong: it was mistyped." if quoted else "Send `reference` or `payment_reference`."
    raise RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", text)


def _gone() -> NoReturn:
    raise RefusalError(HTTPStatus.NOT_FOUND, "not_found", "You have posted no such invoice.")


def _wrong_state(error: states.TransitionError) -> RefusalError:
    allowed = states.allowed(states.SERVICE, error.before)
    after = f"From there it can become {' or '.join(allowed)}." if allowed else "It stays so."
    return RefusalError(
        HTTPStatus.CONFLICT,
        "wrong_state",
        f"The invoice is {error.before} and can't become {error.after}. {after}",
        more={"from": error.before, "to": error.after, "allowed": list(allowed)},
    )
