"""The searches' manifests and cards."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from clients.dashboard.widgets.contract import Manifest, OwnCard, Subject, Viewer, Widget
from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import INLINE

LONGEST = 300
MOST = 30
PLACE = "{query}"


class Search(NamedTuple):
    """One of the searches. `name` is its key in the settings."""

    name: str
    subject: Subject
    title: str
    description: str

    @property
    def list(self) -> str:
        """Name of the list of what was saved."""
        return f"search-{self.name}"

    @property
    def widget_id(self) -> str:
        """Id of the widget."""
        return f"{self.name}-search"


SEARCHES = (
    Search("patent", "patents", "Patent Search", "Search the public database of patents, and keep searches."),
    Search("brand", "trademarks", "Brand Search", "Search the public database of brands, and keep searches."),
    Search("design", "designs", "Design Search", "Search the public database of designs, and keep searches."),
)


class Box:
    """The card of one search."""

    def __init__(self, search: Search, database: str) -> None:
        self._search = search
        self._database = database

    def card(self, viewer: Viewer, _chosen: Mapping[str, str]) -> OwnCard:
        """Return the box with what the person saved."""
        saved = [
            {"id": one.id, "query": one.value, "url": address(self._database, one.value)}
            for one in store.list_entries(viewer.sub, self._search.list)
        ]
        return OwnCard("search/card.html", {"name": self._search.name, "saved": saved, "longest": LONGEST})


def widgets(databases: Mapping[str, str]) -> tuple[Widget, ...]:
    """Return the widgets of those searches whose database is known."""
    return tuple(
        Widget(_manifest(one), Box(one, databases[one.name]), modules=(INLINE,))
        for one in SEARCHES
        if databases.get(one.name)
    )


def address(database: str, query: str) -> str:
    """Return where the database shows what was found; `database` is its address with `{query}` in it."""
    return database.replace(PLACE, quote(query, safe=""))


def _manifest(search: Search) -> Manifest:
    return Manifest(
        id=search.widget_id,
        title={"en": search.title},
        description={"en": search.description},
        subject=search.subject,
        width=4,
        height=2,
    )
