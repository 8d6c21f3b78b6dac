"""The page of the signed-in browser that registers a device, and the blueprint of all pages of push approval."""

from http import HTTPStatus

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.devices import describe
from idp.accounts.sessions import Session
from idp.factors import qr
from idp.factors.pages import Pages
from idp.factors.push import device_views
from idp.factors.push.forms import ConfirmForm
from idp.factors.push.service import Push


def blueprint(push: Push, pages: Pages) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "push", __name__, template_folder="templates", static_folder="static", static_url_path="/static/push"
    )
    views = _AccountViews(push, pages)
    own = "/account/security/push/add"
    routes.add_url_rule(own, "add", pages.careful(views.add), methods=["GET", "POST"])
    routes.add_url_rule(f"{own}/<enrolment_id>/state", "enrolment_state", pages.signed_in(views.enrolment_state))
    routes.add_url_rule("/approvals/<request_id>/state", "state", views.state)
    device_views.add_to(routes, push)
    return routes


class _AccountViews:
    """What is seen in the browser that signs in, or is signed in."""

    def __init__(self, push: Push, pages: Pages) -> None:
        self._push = push
        self._pages = pages

    def add(self, session: Session) -> ResponseReturnValue:
        """Show the QR code, once asked to; once a device has come, ask for the number that it shows. Looking at the page begins nothing."""
        enrolments, form, problem = self._push.enrolments, ConfirmForm(), ""
        here = request.full_path.rstrip("?")
        if form.is_submitted() and not {"begin", "again"}.isdisjoint(request.form):
            form.number.validators = ()
        if form.validate_on_submit():
            if "again" in request.form:
                enrolments.start_over(session.sid)
            if not {"begin", "again"}.isdisjoint(request.form):
                enrolments.open(session.sid, session.account_id)
                return redirect(here, HTTPStatus.SEE_OTHER)
            outcome = enrolments.confirm(
                session.sid,
                session.account_id,
                str(form.enrolment.data),
                self._pages.where(request),
                number=str(form.number.data),
                name=str(form.name.data or ""),
            )
            # A double click: the first one has registered it, and its answer brings the session's new cookie.
            again = outcome == "gone" and self._push.has_just_registered(session.account_id)
            if outcome == "confirmed" or again:
                if not again:
                    self._pages.enrolled(session, self._push.proof())
                flash(_("Your device is registered: from now on you approve sign-ins there."), "success")
                return self._pages.done()
            if outcome == "wrong":
                form.number.errors = [_("The device shows another number. Look again.")]
            else:
                problem = _(
                    "That device wasn’t registered: it took too long, or the number was wrong too often. Start again."
                )
        enrolment = enrolments.find(session.sid, session.account_id)
        form.enrolment.data = enrolment.id if enrolment else ""
        if enrolment and not form.is_submitted():
            form.name.data = describe(enrolment.user_agent)
        link = self._push.link_for(enrolment) if enrolment else ""
        page = render_template(
            "push/add.html",
            form=form,
            problem=problem,
            person=self._pages.person(session),
            session=session,
            enrolment=enrolment,
            link=link,
            picture=qr.svg(link, _("QR code that leads to the page for your phone")) if link else "",
        )
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK)

    def enrolment_state(self, session: Session, enrolment_id: str) -> ResponseReturnValue:
        """Tell the waiting page whether a device has come."""
        known = self._push.enrolments.find(session.sid, session.account_id)
        waits = known is not None and known.id == enrolment_id and not known.claimed
        return jsonify(state="waiting" if waits else "over")

    def state(self, request_id: str) -> ResponseReturnValue:
        """Tell the waiting sign-in page whether there is an answer; which one, only the form of that page learns."""
        return jsonify(self._push.approvals.state(request_id))
