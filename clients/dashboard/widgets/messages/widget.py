"""The newest messages, unread ones first, and the way to the inbox. What a message is belongs to `clients.dashboard.messages`."""

from collections.abc import Mapping

from flask_babel import gettext as _

from clients.dashboard.messages.inbox import Wanted
from clients.dashboard.messages.views import Desk, count
from clients.dashboard.widgets.contract import Manifest, OwnCard, Viewer, Widget

_MOST = 4


def widget(desk: Desk) -> Widget:
    """Return it."""
    manifest = Manifest(
        id="messages",
        title={"en": "Messages"},
        description={"en": "The newest of what services write to you."},
        subject="general",
        width=6,
        height=4,
    )
    return Widget(manifest, _Messages(desk))


class _Messages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> OwnCard:  # noqa: ARG002 - there is nothing to choose
        unread = self._desk.unread(viewer.sub)
        inbox = self._desk.inbox
        newest = list(inbox.page(viewer.sub, Wanted(unread=True), most=_MOST).messages) if unread else []
        if len(newest) < _MOST:
            there = {one.id for one in newest}
            others = inbox.page(viewer.sub, Wanted(), most=_MOST).messages
            newest += [one for one in others if one.id not in there][: _MOST - len(newest)]
        note = _("%(count)s unread", count=count(unread)) if unread else ""
        return OwnCard("widgets/messages.html", {"messages": newest}, note)
