"""Draws cards: what a widget answers becomes a piece of HTML that stands in the page or comes by itself. Whatever fails stays inside.

The only HTML is our own: of what other services send, every text is escaped and every address has been checked by the contract.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from clients.dashboard.widgets.contract import OwnCard, TroubleError, Viewer
from clients.dashboard.widgets.registry import Offered
from clients.sso.db import db
from config.settings import RelyingPartySettings

_log = logging.getLogger(__name__)
_LONGEST_CHOICE = 100
_MOST_CHOICES = 8


class Shown(NamedTuple):
    """A card as HTML; `note` stands beside the title, `trouble` is the kind of a TroubleError or empty."""

    html: Markup
    note: str = ""
    trouble: str = ""


class Cards:
    """Draws. `settings` say which addresses are the installation's own."""

    def __init__(self, settings: RelyingPartySettings) -> None:
        own = (settings.base_url, settings.issuer, *settings.services.values())
        self._own_hosts = {urlsplit(address).netloc for address in own}

    def shown(self, offered: Offered, sub: str, chosen: Mapping[str, str]) -> Shown:
        """Return a widget's card for a person; whatever goes wrong is said in it."""
        try:
            card = offered.source.card(Viewer(sub, str(get_locale() or "en")), _accepted(chosen))
            if isinstance(card, OwnCard):
                return Shown(_html(card.template, offered=offered, **card.data), card.note)
            page = _html("board/card.html", card=card, offered=offered, elsewhere=self._elsewhere)
            return Shown(page, card.note)
        except TroubleError as trouble:
            return self.troubled(offered, trouble)
        except Exception:  # noqa: BLE001 - whatever it is
            # One widget's fault is no reason for the others to be gone.
            _log.exception("widget %s failed", offered.key)
            db.session.rollback()
            return self.troubled(offered, TroubleError("wrong"))

    def troubled(self, offered: Offered, trouble: TroubleError) -> Shown:
        """Return what stands in place of a card that can't be had."""
        asked = {"acr": trouble.acr, "max_age": trouble.max_age}
        wanted = {name: value for name, value in asked.items() if value not in ("", None)}
        page = _html("board/trouble.html", kind=trouble.kind, offered=offered, wanted=wanted)
        return Shown(page, trouble=trouble.kind)

    def _elsewhere(self, address: str) -> str:
        """Return the host of an address that leads out of the installation."""
        host = urlsplit(address).netloc
        return "" if host in self._own_hosts else host


def _accepted(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what a person may have chosen: the contract has no more and no longer choices."""
    short = {name: value for name, value in chosen.items() if len(value) <= _LONGEST_CHOICE and value.isprintable()}
    return dict(list(short.items())[:_MOST_CHOICES])


def _html(template: str, **data: object) -> Markup:
    return Markup(render_template(template, **data))  # noqa: S704 - the template has escaped
