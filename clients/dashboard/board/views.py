"""The board's pages: the dashboard, a widget by itself, and the forms by which everything works without JavaScript."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from clients.dashboard.board.cards import Cards
from clients.dashboard.board.pieces import add_pieces
from clients.dashboard.board.service import ONE_STEP, Board, Boards, OtherVersionError
from clients.dashboard.board.templates import templates
from clients.dashboard.board.texts import texts
from clients.dashboard.widgets.challenge import LONGEST_AGE
from clients.dashboard.widgets.registry import Offered, Registry
from clients.sso import sign_in
from clients.sso.crypto import digest
from clients.sso.demands import LEVELS, SHORTEST_MAX_AGE, Demand
from clients.sso.guard import current_visitor, signed_in
from config.parsing import integer

SEE_OTHER = HTTPStatus.SEE_OTHER


def blueprint(boards: Boards, registry: Registry, cards: Cards) -> Blueprint:
    """Return the routes under `/dashboard`."""
    routes = Blueprint(
        "board", __name__, template_folder="templates", static_folder="static", static_url_path="/static/board"
    )
    routes.app_template_filter("number")(format_decimal)
    pages = _Pages(boards, registry, cards)
    for path, name, page, methods in (
        ("/dashboard", "board", pages.board, ["GET"]),
        ("/dashboard/arrange", "arrange", pages.arrange, ["POST"]),
        ("/dashboard/choose", "choose", pages.choose, ["POST"]),
        ("/dashboard/clear", "clear", pages.clear, ["GET", "POST"]),
        ("/dashboard/templates/<template_id>", "start_from", pages.start_from, ["GET", "POST"]),
        ("/dashboard/widgets/<key>", "widget", pages.widget, ["GET"]),
        ("/dashboard/widgets/<key>/sign-in", "sign_in", pages.sign_in, ["GET"]),
    ):
        routes.add_url_rule(path, name, signed_in(page), methods=methods)
    routes.register_error_handler(OtherVersionError, _changed_meanwhile)
    add_pieces(routes, boards, registry, cards)
    return routes


def _changed_meanwhile(_error: OtherVersionError) -> ResponseReturnValue:
    """Answer a form whose change met others of the same moment, one after the other: what the board is now is shown."""
    flash(_("Your dashboard was changed somewhere else at the same moment. Look at it, and try again."), "warning")
    return redirect(url_for(".board"), SEE_OTHER)


class _Pages:
    def __init__(self, boards: Boards, registry: Registry, cards: Cards) -> None:
        self._boards = boards
        self._registry = registry
        self._cards = cards

    def board(self) -> ResponseReturnValue:
        """Show a person's widgets: their own portal's at once, those of other services when the page asks for them."""
        sub = _sub()
        board = self._boards.board(sub)
        found = [(place, self._registry.find(place.id)) for place in board.layout.widgets]
        widgets = [
            {
                "place": place,
                "offered": offered,
                "shown": None if offered.is_remote else self._cards.shown(offered, sub, {}),
            }
            for place, offered in found
            if offered
        ]
        return render_template(
            "board/page.html",
            board=board,
            owner=digest(f"board {sub}")[:32],
            widgets=widgets,
            groups=self._registry.groups(),
            templates=templates(),
            knows=self._registry.knows,
            texts=texts(),
            undo_offered=_undo_offered(board),
            **self._files(),
        )

    def widget(self, key: str) -> ResponseReturnValue:
        """Show one widget by itself."""
        offered = self._offered(key)
        shown = self._cards.shown(offered, _sub(), request.args)
        return render_template("board/widget.html", offered=offered, shown=shown, **self._files())

    def sign_in(self, key: str) -> ResponseReturnValue:
        """Send the person to the provider for what a widget's service asks for (RFC 9470 section 3), and back to the dashboard."""
        offered = self._offered(key)
        acr, max_age = request.args.get("acr", ""), integer(request.args.get("max_age"))
        # Anybody can write such an address; the database keeps no numbers without an end.
        age = None if max_age is None else min(max(max_age, SHORTEST_MAX_AGE), LONGEST_AGE)
        demand = Demand(acr if acr in LEVELS else "", age)
        return sign_in.depart(f"{url_for('.board')}#w-{offered.key}", demand, sub=_sub())

    def arrange(self) -> ResponseReturnValue:
        """Do one thing to the board: `do` is an action and a widget."""
        action, _space, key = request.form.get("do", "").partition(" ")
        if action == "undo":
            self._boards.undo(_sub())
            return redirect(url_for(".board"), SEE_OTHER)
        if action not in ONE_STEP:
            # The others are for the grid, which there is with JavaScript only.
            abort(HTTPStatus.BAD_REQUEST)
        board = self._boards.step(_sub(), action, key)
        if action == "remove":
            return redirect(url_for(".board", undo=board.version), SEE_OTHER)
        return redirect(url_for(".board", _anchor=f"w-{key}" if key else None), SEE_OTHER)

    def choose(self) -> ResponseReturnValue:
        """Have the ticked widgets on the board, and no others."""
        board = self._boards.choose(_sub(), request.form.getlist("widget"))
        return redirect(url_for(".board", undo=board.version if board.can_undo else None), SEE_OTHER)

    def clear(self) -> ResponseReturnValue:
        """Ask, then take all widgets away."""
        if request.method == "POST":
            board = self._boards.clear(_sub())
            return redirect(url_for(".board", undo=board.version), SEE_OTHER)
        words = texts()
        return _question(words["clear_title"], words["clear_text"], words["clear_yes"])

    def start_from(self, template_id: str) -> ResponseReturnValue:
        """Ask, then replace the board by a template's."""
        chosen = next((one for one in templates() if one.id == template_id), None) or abort(HTTPStatus.NOT_FOUND)
        if request.method == "POST":
            board = self._boards.start_from(_sub(), template_id)
            return redirect(url_for(".board", undo=board.version), SEE_OTHER)
        words = texts()
        question = words["template_title"].replace("{title}", chosen.name)
        return _question(question, words["template_text"], words["template_yes"])

    def _offered(self, key: str) -> Offered:
        return self._registry.find(key) or abort(HTTPStatus.NOT_FOUND)

    def _files(self) -> dict[str, list[str]]:
        """Return what built-in widgets bring along besides a card, each once."""
        every = [one.widget for one in self._registry.offered()]
        return {
            "styles": list(dict.fromkeys(path for one in every for path in one.styles)),
            "modules": list(dict.fromkeys(path for one in every for path in one.modules)),
        }


def _question(question: str, explanation: str, button: str) -> str:
    return render_template("board/confirm.html", question=question, explanation=explanation, button=button)


def _undo_offered(board: Board) -> str:
    """Return what just happened, when it can be undone: the address names the change, so that an old one offers nothing."""
    if not board.can_undo or integer(request.args.get("undo")) != board.version:
        return ""
    return _("Your dashboard is changed.")


def _sub() -> str:
    visitor = current_visitor()
    # `signed_in` has seen to it; without a person there is nothing to show.
    return visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)
