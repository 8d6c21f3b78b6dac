"""What the portal's widgets show of pairing: cards, made as any service makes them, from what the API answers too.

A card is JSON of texts and addresses by the portal's contract of widgets, in the language that the call asks for. Nothing is drawn here.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from clients.pairing.kinds import OFFICE, SECTIONS, TYPES, month_name, period
from clients.pairing.library import Held
from clients.pairing.store import Paired

MOST = 12
"""Documents on a card; the page has them all."""
_YEARS = 5
Card = dict[str, Any]


class Chosen(NamedTuple):
    """What the person chose on the card; empty and 0 mean all."""

    type: str
    year: int
    month: int


def unpaired(kind: str, pair_url: str) -> Card:
    """Return the card of somebody who isn't paired."""
    office = kind == OFFICE
    return {
        "blocks": [
            _text(
                _("Your account isn’t paired to your Office")
                if office
                else _("Your account isn’t paired to your Member State")
            ),
            _text(
                _("The monthly reports on what was distributed to an office are shown to its paired staff only.")
                if office
                else _("Invoices and statements of a Member State are shown to its paired staff only.")
            ),
        ],
        "actions": [{"label": _("Pair"), "url": pair_url, "main": True}],
    }


def documents(
    kind: str,
    paired: Sequence[Paired],
    found: Sequence[Held],
    chosen: Chosen,
    *,
    years: Sequence[int],
    this_year: int,
    base_url: str,
    page_url: str,
) -> Card:
    """Return the card with the documents that were `found`; `years` are those that there are any of."""
    ids = dict.fromkeys(one.office.customer_id for one in paired)
    offered = sorted({*years, *range(this_year - _YEARS + 1, this_year + 1), chosen.year} - {0}, reverse=True)
    items = [_item(one, base_url, named=len(paired) > 1) for one in found[:MOST]]
    listing = {
        "type": "list",
        "items": items,
        "empty": _("No results were found. Please try another month or year."),
    }
    more = [_text(_("The newest %(count)s of %(all)s.", count=MOST, all=len(found)))] if len(found) > MOST else []
    return {
        "note": ", ".join(ids)[:60],
        "blocks": [{"type": "choices", "choices": _choices(kind, chosen, offered)}, listing, *more],
        "actions": [{"label": _("See all"), "url": page_url}, {"label": _("Pairings"), "url": f"{base_url}/"}],
    }


def _choices(kind: str, chosen: Chosen, years: Sequence[int]) -> list[dict[str, Any]]:
    section = SECTIONS[kind]
    types = [("", _("All")), *((name, str(label)) for name, label in section.types.items())]
    months = [("", _("All")), *((str(month), month_name(month)) for month in range(1, 13))]
    all_years = [("", _("All")), *((str(year), str(year)) for year in years)]
    label = _("Type of document") if kind == OFFICE else _("Kind")
    fields = [("type" if kind == OFFICE else "kind", label, types, chosen.type)]
    if section.monthly:
        fields.append(("month", _("Month"), months, str(chosen.month or "")))
    fields.append(("year", _("Year"), all_years, str(chosen.year or "")))
    return [
        {
            "name": name,
            "label": label,
            "value": value,
            "options": [{"value": value, "label": label} for value, label in options],
        }
        for name, label, options, value in fields
    ]


def _item(one: Held, base_url: str, *, named: bool) -> dict[str, Any]:
    document = one.document
    about = [str(TYPES[document.type]), period(document.year, document.month), *([one.office.name] if named else [])]
    return {"title": document.title, "detail": " · ".join(about), "url": f"{base_url}/documents/{document.id}"}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}
