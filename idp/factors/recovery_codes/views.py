"""The page where recovery codes are made and shown: once, and good only after the person says that they have them."""

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.sessions import Session
from idp.factors.pages import Pages
from idp.factors.recovery_codes.forms import CodesForm
from idp.factors.recovery_codes.service import RecoveryCodes


def blueprint(recovery_codes: RecoveryCodes, pages: Pages) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "recovery_codes",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/recovery_codes",
    )

    @routes.route("/account/security/recovery-codes", methods=["GET", "POST"])
    @pages.careful
    def codes(session: Session) -> ResponseReturnValue:
        """Show how many are left; make new ones; hand them out as a file; keep them."""
        form, choice = CodesForm(), request.form.get("choice", "")
        shown: tuple[str, ...] = ()
        if form.validate_on_submit():
            known = recovery_codes.resume(str(form.setup.data or ""), session.account_id, session.sid)
            if choice == "keep" and known:
                recovery_codes.keep(session.account_id, known, pages.where(request))
                flash(
                    _("Your recovery codes are ready. Keep them where you find them without your devices."), "success"
                )
                return pages.done()
            if choice == "download" and known:
                return _file(known, session)
            shown, form.setup.data = (
                (known, form.setup.data) if known else recovery_codes.begin(session.account_id, session.sid)
            )
        return render_template(
            "recovery_codes/codes.html",
            form=form,
            person=pages.person(session),
            codes=shown,
            left=recovery_codes.left(session.account_id),
        )

    def _file(codes: tuple[str, ...], session: Session) -> Response:
        text = "\n".join([_("Recovery codes of %(username)s", username=session.username), "", *codes, ""])
        response = Response(text, mimetype="text/plain")
        response.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
        return response

    return routes
