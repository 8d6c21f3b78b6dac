"""The one writer of error pages: what a person sees when a request can't go on, and what the log gets instead of it.

Text comes from `PageError` or from here, never from an exception. Each page has a support code, one thing to do next and a help
link. A caller that accepts only JSON gets the same as JSON. The protocol's error answers are `idp.oauth`'s.
"""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from config.database_errors import RETRY_SECONDS, is_unavailable
from idp.errors import PageError
from idp.request_id import current, support_code

_log = logging.getLogger("idp.web.errors")

_TEXTS = {
    HTTPStatus.BAD_REQUEST: (
        _l("We could not read that"),
        _l("Something in the request was missing or damaged. Go back and try again."),
    ),
    HTTPStatus.FORBIDDEN: (
        _l("This page is not open to you"),
        _l("You are signed in, but your account may not do this."),
    ),
    HTTPStatus.NOT_FOUND: (_l("There is no page here"), _l("The address may be misspelt, or the page has moved.")),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        _l("This page opens another way"),
        _l("Go back to the page before, and use the button there."),
    ),
    HTTPStatus.GONE: (
        _l("This link is no longer good"),
        _l("Links in our mail work once and for a limited time. Ask for a new one."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        _l("That was too much at once"),
        _l("Send a smaller file or a shorter text."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        _l("Please wait a moment"),
        _l("There were many attempts in a short time. Wait a little and try again."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        _l("We will be back shortly"),
        _l("The service is not answering right now. Try again in a minute."),
    ),
}
_UNEXPECTED = (
    _l("Something went wrong on our side"),
    _l("Nothing you entered caused this. Try again; if it happens again, tell us the support code."),
)
_EXPIRED = (
    _l("This page was open for too long"),
    _l("To keep your account safe, a form is good for a limited time. Open it again and continue."),
)


def init_app(app: Flask) -> None:
    """Let every error of `app` be written here."""
    app.register_error_handler(PageError, _known)
    app.register_error_handler(CSRFError, expired_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page_error(
    status: HTTPStatus, title: str, message: str, *, next_url: str = "", next_label: str = "", retry_after: int = 0
) -> Response:
    """Return the error page (or JSON). `next_url` and `next_label` are the one thing to do; without them, the front page."""
    code = support_code(current())
    if _wants_json():
        response = jsonify(
            error=status.phrase.lower().replace(" ", "_"),
            error_description=str(message),
            message=str(message),
            support_code=code,
        )
    else:
        page = render_template(
            "web/error.html", title=title, message=message, support_code=code, next_url=next_url, next_label=next_label
        )
        response = Response(page, mimetype="text/html")
    response.status_code = status
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _known(error: PageError) -> Response:
    _note(logging.INFO, error.status, error.detail)
    return page_error(
        error.status,
        error.title,
        error.message,
        next_url=error.next_url,
        next_label=error.next_label,
        retry_after=error.retry_after,
    )


def expired_form(error: CSRFError) -> Response:
    """Return the page for a form whose token isn't, or is no longer, this browser's."""
    _note(logging.INFO, HTTPStatus.BAD_REQUEST, error.description or "")
    # The form's own page: a GET shows it afresh, with a new token.
    return page_error(
        HTTPStatus.BAD_REQUEST, *map(str, _EXPIRED), next_url=_same_page(), next_label=str(_l("Open it again"))
    )


def _http(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect) or error.response is not None:
        return error  # an answer that was raised, not an error
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _note(logging.ERROR, status, error.name)
    title, message = _TEXTS.get(status) or (
        _TEXTS[HTTPStatus.BAD_REQUEST] if status < HTTPStatus.INTERNAL_SERVER_ERROR else _UNEXPECTED
    )
    answer = page_error(status, str(title), str(message))
    # 405 names the methods that are allowed, 429 the time to wait.
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    unavailable = is_unavailable(error)
    _log.error(
        "the database can't be used" if unavailable else "unexpected error",
        exc_info=error,
        extra={"event": {"endpoint": request.endpoint, "support": support_code(current())}},
    )
    g.pop("form_target", None)
    status = HTTPStatus.SERVICE_UNAVAILABLE if unavailable else HTTPStatus.INTERNAL_SERVER_ERROR
    said = _TEXTS[status] if unavailable else _UNEXPECTED
    retry_after = RETRY_SECONDS if unavailable else 0
    try:
        return page_error(status, *map(str, said), retry_after=retry_after)
    except Exception:  # noqa: BLE001 - this one is logged as well
        # Whatever broke the page may break this one too; then plain words have to do.
        _log.exception("the error page failed")
        text = f"Something went wrong on our side. Support code: {support_code(current())}\n"
        plain = Response(text, status, mimetype="text/plain")
        if retry_after:
            plain.headers["Retry-After"] = str(retry_after)
        return plain


def _note(level: int, status: HTTPStatus, detail: str) -> None:
    event = {"endpoint": request.endpoint, "status": int(status), "support": support_code(current())}
    _log.log(level, "%s", detail or status.phrase, extra={"event": event})


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "html" not in accepted and "*/*" not in accepted


def _same_page() -> str:
    """Return this page's own address, as a path: it can't lead anywhere else."""
    return "/" + request.full_path.removesuffix("?").lstrip("/")
