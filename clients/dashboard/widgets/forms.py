"""What the small forms inside widgets answer: a script that sent one draws the card anew, a browser without goes back to the widget."""

from http import HTTPStatus

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from clients.sso.guard import current_visitor

INLINE = "/static/board/inline.js"
"""The module that sends forms with `data-inline` without leaving the page."""


def done(widget_id: str) -> ResponseReturnValue:
    """Return the answer to a form that was taken."""
    return ("", HTTPStatus.NO_CONTENT) if by_script() else _back(widget_id)


def refused(widget_id: str, sentence: str) -> ResponseReturnValue:
    """Return the answer to one that wasn't, with the reason."""
    if by_script():
        return sentence, HTTPStatus.UNPROCESSABLE_ENTITY, {"Content-Type": "text/plain; charset=utf-8"}
    flash(sentence, "error")
    return _back(widget_id)


def sub() -> str:
    """Return whose widgets they are; only behind `signed_in`."""
    visitor = current_visitor()
    return visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)


def by_script() -> bool:
    """Tell whether a script of ours sent this request."""
    return request.headers.get("X-Requested-With") == "fetch"


def _back(widget_id: str) -> ResponseReturnValue:
    return redirect(f"/dashboard#w-{widget_id}", HTTPStatus.SEE_OTHER)
