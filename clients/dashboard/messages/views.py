"""The inbox's pages. Everything that can be chosen is in the address, so that a view can be reloaded, kept and shared between tabs."""

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from clients.dashboard.api.fields import host_of
from clients.dashboard.messages import safe_html
from clients.dashboard.messages.inbox import (
    ACTIONS,
    MOST_COUNTED,
    Choice,
    Inbox,
    NotFoundError,
    Sender,
    Wanted,
    words_of,
)
from clients.sso.guard import Visitor, current_visitor, signed_in
from config.settings import RelyingPartySettings
from config.shared import ACCOUNT

SEE_OTHER = HTTPStatus.SEE_OTHER
_VIEWS = ("unread", "archived")
_LONGEST_QUERY = 200
_MOST_SERVICES = 1_000


class Desk:
    """What the pages, the dashboard's card and the name menu all show: who has written, and how much is unread."""

    def __init__(self, inbox: Inbox, settings: RelyingPartySettings) -> None:
        self.inbox = inbox
        self._names = {ACCOUNT: settings.brand.account} | settings.senders
        self.issuer = settings.issuer

    def senders(self, sub: str) -> list[Sender]:
        """Return the services that have written, in the order of their names; looked up once for a page."""
        if "message_senders" not in g:
            g.message_senders = sorted(self.inbox.senders(sub), key=lambda one: self.name(one.service).casefold())
        found: list[Sender] = g.message_senders
        return found

    def name(self, service: str) -> str:
        """Return what people call a service."""
        return self._names.get(service, service)

    def unread(self, sub: str) -> int:
        """Return how many messages are unread."""
        return sum(one.unread for one in self.senders(sub))

    def waiting(self, visitor: Visitor) -> str:
        """Return what stands beside "Messages" in the menu."""
        unread = self.unread(visitor.sub)
        return _("%(count)s unread", count=count(unread)) if unread else ""


def blueprint(desk: Desk) -> Blueprint:
    """Return the routes under `/messages`."""
    routes = Blueprint(
        "messages", __name__, template_folder="templates", static_folder="static", static_url_path="/static/messages"
    )
    pages = _Pages(desk)
    routes.app_template_filter("moment")(_moment)
    routes.app_template_filter("count")(count)
    routes.app_template_filter("host")(host_of)
    routes.app_template_filter("service_name")(desk.name)
    for path, name, page in (
        ("/messages", "inbox", pages.inbox),
        ("/messages/services", "services", pages.services),
        ("/messages/<message_id>", "message", pages.message),
    ):
        routes.add_url_rule(path, name, signed_in(page), methods=["GET", "POST"])
    return routes


def count(number: int) -> str:
    """Return a number of messages as it is shown."""
    return str(number) if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._inbox = desk.inbox

    def inbox(self) -> ResponseReturnValue:
        """List messages, and do something with those that were ticked."""
        sub, view = _sub(), _view()
        query = request.args.get("q", "").strip()[:_LONGEST_QUERY]
        wanted = Wanted(
            service=request.args.get("service", "") if request.args.get("service", "").isprintable() else "",
            archived=view == "archived",
            unread=view == "unread",
            words=words_of(query),
        )
        if request.method == "POST":
            self._change(sub, wanted)
            return redirect(_address(), SEE_OTHER)
        page = self._inbox.page(sub, wanted, before=request.args.get("before", ""))
        return render_template(
            "messages/inbox.html", desk=self._desk, senders=self._desk.senders(sub), page=page, wanted=wanted, view=view,
            query=query, paged="before" in request.args, here=_here, address=_address,
        )  # fmt: skip

    def _change(self, sub: str, wanted: Wanted) -> None:
        action = request.form.get("action", "")
        if action == "read_all":
            flash(_marked_read(self._inbox.read_all(sub, wanted)), "success")
            return
        if action not in ACTIONS:
            abort(HTTPStatus.BAD_REQUEST)
        ticked = request.form.getlist("message")
        changed = self._inbox.change(sub, ticked, action)
        flash(_done(action, changed) if ticked else _("Tick the messages first."), "success" if ticked else "info")

    def message(self, message_id: str) -> ResponseReturnValue:
        """Show one message, and do something with it."""
        sub = _sub()
        if request.method == "POST":
            action = request.form.get("action", "")
            if action not in ACTIONS:
                abort(HTTPStatus.BAD_REQUEST)
            if not self._inbox.change(sub, [message_id], action):
                abort(HTTPStatus.NOT_FOUND)
            flash(_done(action, 1), "success")
            return redirect(_address(), SEE_OTHER)
        try:
            message = self._inbox.open(sub, message_id)
        except NotFoundError:
            return render_template("messages/gone.html", back=_address()), HTTPStatus.NOT_FOUND
        body = Markup(safe_html.shown(message.body))  # noqa: S704 - that is what cleans it
        return render_template(
            "messages/message.html", message=message, body=body, back=_address(), here=request.full_path
        )

    def services(self) -> ResponseReturnValue:
        """Let a person choose about each service."""
        sub = _sub()
        if request.method == "POST":
            try:
                self._inbox.choose(sub, *_choices())
            except NotFoundError:
                abort(HTTPStatus.NOT_FOUND)
            flash(_("Your choices are saved."), "success")
            return redirect(url_for(".services"), SEE_OTHER)
        return render_template(
            "messages/services.html",
            senders=self._desk.senders(sub),
            new=self._inbox.of_new_services(sub),
            issuer=self._desk.issuer,
        )


def _choices() -> tuple[Choice, dict[str, Choice]]:
    """Return what the form says about new services and about those that it shows: one that wrote meanwhile keeps its own."""
    ticked = {name: set(request.form.getlist(name)) for name in ("new", "muted", "email", "push")}
    shown = request.form.getlist("service")[:_MOST_SERVICES]
    services = {one: Choice(*(one in ticked[name] for name in ("muted", "email", "push"))) for one in shown}
    return Choice(email="email" in ticked["new"], push="push" in ticked["new"]), services


def _done(action: str, number: int) -> str:
    if action == "archive":
        return ngettext("%(num)d message is in the archive.", "%(num)d messages are in the archive.", number)
    if action == "restore":
        return ngettext("%(num)d message is in the inbox again.", "%(num)d messages are in the inbox again.", number)
    if action == "unread":
        return ngettext("%(num)d message is marked as unread.", "%(num)d messages are marked as unread.", number)
    return _marked_read(number)


def _marked_read(number: int) -> str:
    return ngettext("%(num)d message is marked as read.", "%(num)d messages are marked as read.", number)


def _view() -> str:
    view = request.args.get("view", "")
    return view if view in _VIEWS else ""


def _chosen() -> dict[str, str]:
    """Return what is chosen in this address: the list that a message was opened from."""
    return {name: text for name in ("service", "view", "q", "before") if (text := request.args.get(name, ""))}


def _address(**changes: str) -> str:
    """Return the list with some choices changed; another list begins at its newest message."""
    chosen = _chosen() | changes
    if changes.keys() - {"before"} and "before" not in changes:
        chosen.pop("before", None)
    query = urlencode({name: text for name, text in chosen.items() if text})
    return url_for("messages.inbox") + (f"?{query}" if query else "")


def _here(message_id: str) -> str:
    """Return the address of a message that knows the list it was opened from."""
    query = urlencode(_chosen())
    return url_for("messages.message", message_id=message_id) + (f"?{query}" if query else "")


def _moment(seconds: int) -> str:
    """Return a time for people. Which zone they are in isn't known here, so it says which one it means."""
    then = datetime.fromtimestamp(seconds, UTC)
    return f"{format_date(then, 'medium')}, {format_time(then, 'short')} UTC"


def _sub() -> str:
    visitor = current_visitor()
    # `signed_in` has seen to it; without a person there is nothing to show.
    return visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)
