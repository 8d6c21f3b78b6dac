"""What the page's modules ask for: cards, and the layout as JSON. An ended session is 401 here, for a redirect would lead nowhere."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clients.dashboard.board.cards import Cards
from clients.dashboard.board.layout import Layout
from clients.dashboard.board.service import Board, Boards, OtherVersionError
from clients.dashboard.widgets.registry import Registry
from clients.sso.guard import current_visitor
from config.parsing import json_value


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    layout: Layout
    version: Annotated[int, Field(ge=0, lt=2**53)]
    """What the layout was made from."""
    editor: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,40}$")]
    """A random name of the open page."""
    sequence: Annotated[int, Field(ge=1, lt=2**53)]
    """Its how manyth change this is."""


def add_pieces(routes: Blueprint, boards: Boards, registry: Registry, cards: Cards) -> None:
    """Add the routes."""

    @routes.get("/dashboard/widgets/<key>/card")
    @_known
    def card(sub: str, key: str) -> ResponseReturnValue:
        offered = registry.find(key) or abort(HTTPStatus.NOT_FOUND)
        shown = cards.shown(offered, sub, request.args)
        response = Response(shown.html, mimetype="text/html")
        # Also when there is trouble: that is what the widget has to say now.
        response.headers["X-Card-Note"] = quote(shown.note)
        return response

    @routes.get("/dashboard/layout")
    @_known
    def layout(sub: str) -> ResponseReturnValue:
        return _answer(boards.board(sub))

    @routes.put("/dashboard/layout")
    @_known
    def save(sub: str) -> ResponseReturnValue:
        body = request.get_data()
        try:
            json_value(body)
        except ValueError:
            return jsonify(error="invalid_request"), HTTPStatus.BAD_REQUEST
        try:
            sent = _Sent.model_validate_json(body)
        except ValidationError as error:
            problems = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_input=False)]
            return jsonify(error="invalid_layout", errors=dict(problems[:10])), HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            board = boards.save(sub, sent.layout, version=sent.version, editor=sent.editor, sequence=sent.sequence)
        except OtherVersionError as other:
            return _answer(other.board, HTTPStatus.CONFLICT)
        return _answer(board)


def _answer(board: Board, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    return jsonify(version=board.version, layout=board.layout.model_dump(mode="json")), status


def _known(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Call the view with the `sub` of whoever is signed in."""

    @wraps(view)
    def guarded(**values: str) -> ResponseReturnValue:
        visitor = current_visitor()
        if visitor is None:
            return jsonify(error="signed_out"), HTTPStatus.UNAUTHORIZED
        return view(visitor.sub, **values)

    return guarded
