"""Pairing's API for services that hold a person's token: what the person is paired with, and the documents that they may see."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from clients.pairing import parameters
from clients.pairing.kinds import OFFICE, OLDEST, SECTIONS, STATE
from clients.pairing.library import Held
from clients.pairing.openapi import document
from clients.pairing.papers import Papers
from clients.pairing.reports import PATHS
from clients.pairing.service import Pairings
from clients.pairing.store import Paired
from clients.sso import api_page
from clients.sso.api_errors import PATH
from clients.sso.resource_server import ResourceServer, caller

READ = "pairing:read"
LATEST = 9999


def blueprint(pairings: Pairings, papers: Papers, guard: ResourceServer, base_url: str) -> Blueprint:
    """Return the routes under `/api`; links in answers begin with `base_url`."""
    routes = Blueprint("pairing_api", __name__, url_prefix=PATH)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(document(base_url))

    @routes.get("/")
    def readable() -> str:
        return api_page.page(document(base_url), f"{PATH}/openapi.json")

    @routes.get("/pairings")
    @guard.requires(READ)
    def list_pairings() -> Response:
        return jsonify(pairings=[_paired(one) for one in pairings.list(caller().sub)])

    def listed(kind: str, name: str) -> Callable[[], Response]:
        section = SECTIONS[kind]

        def answer() -> Response:
            sub = caller().sub
            chosen = parameters.choice("type" if kind == OFFICE else "kind", section.types)
            month = parameters.number("month", 1, 12) if section.monthly else 0
            found = papers.find(sub, kind, chosen, parameters.number("year", OLDEST, LATEST), month)
            body = {
                "paired": any(one.office.kind == kind for one in pairings.list(sub)),
                "pair_url": f"{base_url}/pair/{kind}",
                "page_url": f"{base_url}{PATHS[kind]}",
                name: [_shown(one, base_url) for one in found],
            }
            return jsonify(body)

        return answer

    for kind, name in ((OFFICE, "reports"), (STATE, "contributions")):
        routes.add_url_rule(PATHS[kind], kind, guard.requires(READ)(listed(kind, name)))

    return routes


def _paired(one: Paired) -> dict[str, Any]:
    office = one.office
    return {
        "kind": office.kind,
        "customer_id": office.customer_id,
        "name": office.name,
        "paired_at": one.pairing.created_at,
    }


def _shown(one: Held, base_url: str) -> dict[str, Any]:
    names = ("id", "title", "type", "year", "size")
    shown = {name: getattr(one.document, name) for name in names}
    office = {"customer_id": one.office.customer_id, "name": one.office.name}
    return shown | {
        "month": one.document.month or None,
        "office": office,
        "url": f"{base_url}/documents/{one.document.id}",
    }
