"""The Notepad's form: sent by itself while people type, or by its button."""

from http import HTTPStatus

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.dashboard.widgets.forms import by_script, done, refused, sub
from clients.dashboard.widgets.notepad.service import LONGEST, Notepad, TooLongError
from clients.dashboard.widgets.notepad.store import Note
from clients.dashboard.widgets.notepad.widget import ID
from clients.sso.guard import signed_in
from config.parsing import integer


def blueprint(notepad: Notepad) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "widget_notepad",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/notepad",
    )

    @routes.get("/dashboard/notepad")
    @signed_in
    def read() -> ResponseReturnValue:
        """Say what is there, to a tab that was away."""
        return _shown(notepad.read(sub()))

    @routes.post("/dashboard/notepad")
    @signed_in
    def write() -> ResponseReturnValue:
        form = request.form
        version = integer(form.get("version"))
        if version is None:
            return refused(ID, _("This page is too old. Load it again."))
        try:
            note = notepad.write(sub(), form.get("text", ""), version, base=form.get("base", ""))
        except TooLongError:
            return refused(
                ID, _("A note has at most %(count)s characters. Shorten it, then it is saved.", count=LONGEST)
            )
        return _shown(note) if by_script() else done(ID)

    return routes


def _shown(note: Note) -> ResponseReturnValue:
    return jsonify(note._asdict()), HTTPStatus.OK
