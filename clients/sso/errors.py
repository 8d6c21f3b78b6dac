"""The error pages of a relying party: what happened, one thing to do, a support code that the log has too, never an exception's text.

Programs that call an API get the same as JSON (`api_errors`).
"""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from clients.sso.api_errors import RefusalError, is_api, write_http_error, write_refusal
from clients.sso.db import db
from clients.sso.outcomes import ProviderUnavailableError
from config.database_errors import RETRY_SECONDS, is_unavailable

_log = logging.getLogger(__name__)
_KEPT_HEADERS = {"Allow", "Retry-After"}
"""Of Werkzeug's own answer: which methods there are (RFC 9110 section 15.5.6), and when to come back."""


def install(app: Flask) -> None:
    """Let every error of `app` be written here."""
    app.register_error_handler(ProviderUnavailableError, _unavailable)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RefusalError, write_refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _unavailable(error: ProviderUnavailableError) -> Response:
    response = _page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Signing in isn’t possible right now"),
        _("We can’t reach the page where you sign in. It is usually back within minutes; nothing is lost."),
        detail=str(error),
        next_label=_("Try again"),
        next_url=_this_page(),
    )
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _expired(error: CSRFError) -> Response:
    return _page(
        HTTPStatus.BAD_REQUEST,
        _("This page was open for too long"),
        _("To keep your account safe, a form is good for a limited time. Open it again and continue."),
        detail=str(error.description),
    )


def _http(error: HTTPException) -> BaseResponse:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error.get_response()
    if is_api():
        return write_http_error(error)
    response = _page(status, *_said(status))
    response.headers.update({name: value for name, value in error.get_headers() if name in _KEPT_HEADERS})
    return response


def _said(status: HTTPStatus) -> tuple[str, str]:
    """Return title and text of an error page."""
    if status is HTTPStatus.NOT_FOUND:
        return _("There is no page here"), _("The address may be misspelt, or the page has moved.")
    if status is HTTPStatus.FORBIDDEN:
        return _("This page isn’t for your account"), _("It is for people with a task that your account doesn’t have.")
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return (
            _("That was too much at once"),
            _("Nothing was stored. Go back, and send smaller files or fewer of them at a time."),
        )
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _("We will be back shortly"), _("The service is not answering right now. Try again in a minute.")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _("We could not read that"), _("Go back to the page before, and use the button there.")
    return _apology()


def _unexpected(error: Exception) -> BaseResponse:
    unavailable = is_unavailable(error)
    _log.error(
        "%s at %s",
        "the database can't be used" if unavailable else "unexpected error",
        request.endpoint,
        exc_info=error,
    )
    # The page looks up who is visiting; it must not do so on a connection that just failed.
    db.session.rollback()
    g.setdefault("sso_session", None)
    return _http(ServiceUnavailable(retry_after=RETRY_SECONDS) if unavailable else InternalServerError())


def _apology() -> tuple[str, str]:
    return (
        _("Something went wrong on our side"),
        _("Nothing you entered caused this. Try again; if it happens again, tell us the support code."),
    )


def _page(
    status: HTTPStatus, title: str, message: str, *, detail: str = "", next_url: str = "/", next_label: str = ""
) -> Response:
    code = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    _log.info("error page %s: %d at %s %s", code, status, request.endpoint, detail)
    page = render_template(
        "sso/error.html", title=title, explanation=message, support_code=code, next_url=next_url, next_label=next_label
    )
    return Response(page, status)


def _this_page() -> str:
    """Return this page's own address, as a path: it can't lead anywhere else."""
    return "/" + request.full_path.removesuffix("?").lstrip("/") if request.method == "GET" else "/"
