"""Which widgets there are: the built-in ones, in the order in which the composition root names them, and those that services register.

A built-in widget is a folder beside this module with `widget.py`, whose `widget(…)` returns a `contract.Widget`; its templates, its own
pages and its files are in the same folder. `app.py` names it once, and it is in the side panel. Nothing here knows any of them.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _

from clients.dashboard.widgets.contract import SUBJECTS, Manifest, Source, Widget


class Offered(NamedTuple):
    """A widget that people can have. `key` is its name on boards and in addresses; `by` is whose it is, empty for our own."""

    key: str
    widget: Widget
    by: str = ""

    @property
    def manifest(self) -> Manifest:
        """What it is and needs."""
        return self.widget.manifest

    @property
    def source(self) -> Source:
        """Where its cards come from."""
        return self.widget.source

    @property
    def is_remote(self) -> bool:
        """Whether a card costs a call to another service."""
        return bool(self.manifest.data_url)

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return _localized(self.manifest.title)

    @property
    def description(self) -> str:
        """What it is for, in the reader's language."""
        return _localized(self.manifest.description)


class Group(NamedTuple):
    """The widgets of a subject, in the order of the side panel."""

    subject: str
    name: str
    offered: Sequence[Offered]


class Registry:
    """All widgets. `registered` answers those of other services as they are now."""

    def __init__(self, built_in: Sequence[Widget], registered: Callable[[], Sequence[Offered]] = lambda: ()) -> None:
        self._built_in = {one.manifest.id: Offered(one.manifest.id, one) for one in built_in}
        if len(self._built_in) != len(built_in):
            raise ValueError("Two built-in widgets have the same id.")
        self._registered = registered

    def offered(self) -> list[Offered]:
        """Return all widgets, our own first."""
        return [*self._built_in.values(), *self._registered()]

    def find(self, key: str) -> Offered | None:
        """Return the widget of that name."""
        return self._built_in.get(key) or next((one for one in self._registered() if one.key == key), None)

    def knows(self, key: str) -> bool:
        """Tell whether there is such a widget."""
        return self.find(key) is not None

    def groups(self) -> list[Group]:
        """Return all subjects in their order, also those without a widget yet."""
        offered, names = self.offered(), subject_names()
        return [Group(one, names[one], [of for of in offered if of.manifest.subject == one]) for one in SUBJECTS]


def subject_names() -> dict[str, str]:
    """Return what people call the subjects."""
    return {
        "patents": _("Patents"),
        "trademarks": _("Trademarks"),
        "designs": _("Designs"),
        "geographical-indications": _("Geographical Indications"),
        "payments": _("Payments"),
        "law": _("Law"),
        "general": _("General"),
    }


def _localized(texts: dict[str, str]) -> str:
    tag = str(get_locale() or "en").replace("_", "-")
    # Our own titles stand in the manifest in English only; they are translated where all our words are.
    return texts.get(tag) or texts.get(tag.partition("-")[0]) or _(texts["en"])
