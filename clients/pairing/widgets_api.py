"""The data endpoints of pairing's two widgets in the portal: a person's token, like any call of the API; a card as the answer."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from clients.pairing import cards, parameters
from clients.pairing.kinds import OFFICE, OLDEST, SECTIONS
from clients.pairing.papers import Papers
from clients.pairing.reports import PATHS
from clients.pairing.service import Pairings
from clients.sso.resource_server import ResourceServer, caller

PATH = "/api/widgets"
READ = "pairing:read"
_LATEST = 9999


def blueprint(pairings: Pairings, papers: Papers, guard: ResourceServer, base_url: str) -> Blueprint:
    """Return the routes; links in cards begin with `base_url`."""
    routes = Blueprint("pairing_widgets", __name__, url_prefix=PATH)

    def shown(kind: str) -> Callable[[], Response]:
        section = SECTIONS[kind]

        def answer() -> Response:
            sub = caller().sub
            paired = [one for one in pairings.list(sub) if one.office.kind == kind]
            if not paired:
                return jsonify(cards.unpaired(kind, f"{base_url}/pair/{kind}"))
            chosen = cards.Chosen(
                parameters.choice("type" if kind == OFFICE else "kind", section.types),
                parameters.number("year", OLDEST, _LATEST),
                parameters.number("month", 1, 12) if section.monthly else 0,
            )
            card = cards.documents(
                kind,
                paired,
                papers.find(sub, kind, *chosen),
                chosen,
                years=papers.years(sub, kind),
                this_year=papers.today().year,
                base_url=base_url,
                page_url=f"{base_url}{PATHS[kind]}",
            )
            return jsonify(card)

        return answer

    for kind, path in PATHS.items():
        routes.add_url_rule(path, kind, guard.requires(READ)(shown(kind)))
    return routes
