"""The Notepad's manifest and card."""

from collections.abc import Mapping

from clients.dashboard.widgets.contract import Manifest, OwnCard, Viewer, Widget
from clients.dashboard.widgets.notepad.service import LONGEST, Notepad
from clients.sso.crypto import digest

ID = "notepad"

MANIFEST = Manifest(
    id=ID,
    title={"en": "Notepad"},
    description={"en": "A page of your own. It saves by itself."},
    subject="general",
    width=4,
    height=4,
)


class Page:
    """The card."""

    def __init__(self, notepad: Notepad) -> None:
        self._notepad = notepad

    def card(self, viewer: Viewer, _chosen: Mapping[str, str]) -> OwnCard:
        """Return what the person has written."""
        # What a browser keeps while there is no connection is the writer's alone, whoever uses that browser next.
        owner = digest(f"notepad {viewer.sub}")[:32]
        return OwnCard(
            "notepad/card.html", {"note": self._notepad.read(viewer.sub), "owner": owner, "longest": LONGEST}
        )


def widget(notepad: Notepad) -> Widget:
    """Return the widget."""
    return Widget(MANIFEST, Page(notepad), modules=("/static/notepad/notepad.js",))
