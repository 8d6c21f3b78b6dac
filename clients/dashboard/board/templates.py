"""Boards to start from: for newcomers, and for kinds of people. Which widgets there are is the registry's business: others are left out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from clients.dashboard.board.layout import Layout, Place, only

_Row = tuple[str, int, int, int, int]


class Template(NamedTuple):
    """A board to start from; `places` are widget, column, row, width and height."""

    id: str
    name: str
    description: str
    places: Sequence[_Row]

    def layout(self, known: Callable[[str], bool]) -> Layout:
        """Return it as a layout of the widgets that there are."""
        return only(Layout(widgets=tuple(Place(id=key, x=x, y=y, w=w, h=h) for key, x, y, w, h in self.places)), known)


def templates() -> list[Template]:
    """Return those that can be chosen, in the reader's language."""
    return [
        Template(
            "applicant",
            _("Applicant"),
            _("Messages, fees, and a look at what is already protected."),
            (
                ("messages", 0, 0, 6, 4),
                ("pay-summary", 6, 0, 6, 4),
                ("patent-search", 0, 4, 4, 3),
                ("brand-search", 4, 4, 4, 3),
                ("design-search", 8, 4, 4, 3),
                ("services", 0, 7, 6, 3),
                ("notepad", 6, 7, 6, 3),
            ),
        ),
        Template(
            "trademark-attorney",
            _("Trademark attorney"),
            _("Brands and designs first, with notes, links and the account that fees are paid from."),
            (
                ("brand-search", 0, 0, 6, 3),
                ("design-search", 6, 0, 6, 3),
                ("messages", 0, 3, 6, 4),
                ("notepad", 6, 3, 6, 4),
                ("current-account", 0, 7, 4, 4),
                ("quick-links", 4, 7, 4, 4),
                ("world-clock", 8, 7, 4, 4),
            ),
        ),
        Template(
            "office-staff",
            _("IP office staff"),
            _("Your office’s distribution reports, messages and searches."),
            (
                ("distribution-reports", 0, 0, 8, 5),
                ("messages", 8, 0, 4, 5),
                ("patent-search", 0, 5, 4, 3),
                ("brand-search", 4, 5, 4, 3),
                ("design-search", 8, 5, 4, 3),
                ("world-clock", 0, 8, 6, 3),
                ("quick-links", 6, 8, 6, 3),
            ),
        ),
        Template(
            "member-state",
            _("Member State"),
            _("Annual contributions, payments, and what the services write to you."),
            (
                ("annual-contributions", 0, 0, 8, 5),
                ("messages", 8, 0, 4, 5),
                ("pay-summary", 0, 5, 6, 4),
                ("current-account", 6, 5, 6, 4),
                ("quick-links", 0, 9, 6, 3),
                ("world-clock", 6, 9, 6, 3),
            ),
        ),
    ]


def newcomers(known: Callable[[str], bool]) -> Layout:
    """Return what people find who have changed nothing yet."""
    places: Sequence[_Row] = (
        ("messages", 0, 0, 6, 4),
        ("services", 6, 0, 6, 4),
        ("patent-search", 0, 4, 4, 3),
        ("brand-search", 4, 4, 4, 3),
        ("world-clock", 8, 4, 4, 3),
        ("quick-links", 0, 7, 6, 3),
        ("notepad", 6, 7, 6, 3),
    )
    return Template("", "", "", places).layout(known)
