"""The World Clock's manifest and card."""

from collections.abc import Callable, Mapping

from clients.dashboard.widgets.clock import zones
from clients.dashboard.widgets.contract import Manifest, OwnCard, Viewer, Widget
from clients.dashboard.widgets.entries import store
from clients.dashboard.widgets.forms import INLINE

ID = "world-clock"
LIST = "clock"
MOST = 12

MANIFEST = Manifest(
    id=ID,
    title={"en": "World Clock"},
    description={"en": "The time in the cities that you work with."},
    subject="general",
    width=4,
    height=3,
)


class Clocks:
    """The card. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def card(self, viewer: Viewer, _chosen: Mapping[str, str]) -> OwnCard:
        """Return the person's clocks; some suggestions until there are any."""
        own = store.list_entries(viewer.sub, LIST)
        now, locale = self._clock(), viewer.locale.replace("-", "_")
        chosen = [(one.id, one.value) for one in own] or [("", zone) for zone in zones.SUGGESTED]
        clocks = [{"id": entry_id, "zone": zone, "shown": zones.shown(zone, now, locale)} for entry_id, zone in chosen]
        return OwnCard("clock/card.html", {"clocks": clocks, "zones": zones.choices(locale), "own": bool(own)})


def widget(clock: Callable[[], int]) -> Widget:
    """Return the widget."""
    return Widget(MANIFEST, Clocks(clock), modules=(INLINE, "/static/clock/clock.js"))
