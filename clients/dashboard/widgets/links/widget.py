"""Quick Links' manifest and card."""

from collections.abc import Mapping

from clients.dashboard.widgets.contract import Manifest, OwnCard, Viewer, Widget
from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import INLINE
from clients.dashboard.widgets.links.addresses import host_of

ID = "quick-links"
LIST = "links"
MOST = 50

MANIFEST = Manifest(
    id=ID,
    title={"en": "Quick Links"},
    description={"en": "Addresses that you want at hand. Drop a link in to keep it."},
    subject="general",
    width=4,
    height=3,
)


class Links:
    """The card."""

    def card(self, viewer: Viewer, _chosen: Mapping[str, str]) -> OwnCard:
        """Return the person's links."""
        links = [
            {"id": one.id, "title": one.title, "url": one.value, "host": host_of(one.value)}
            for one in store.list_entries(viewer.sub, LIST)
        ]
        return OwnCard("links/card.html", {"links": links})


def widget() -> Widget:
    """Return the widget."""
    return Widget(MANIFEST, Links(), modules=(INLINE, "/static/links/links.js"))
