"""Pairing's composition root."""

from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _l

from clients.pairing import api, demo, finance, reports, uploads, views, widgets_api
from clients.pairing.codes import Codes
from clients.pairing.offices import Offices
from clients.pairing.papers import Papers
from clients.pairing.service import Pairings
from clients.sso.api_errors import PATH
from clients.sso.app import create_app
from clients.sso.parts import parts
from clients.sso.resource_server import ResourceServer
from config.secrets import shared_secret
from config.settings import RelyingPartySettings, load_relying_party

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("pairing")

    def clock() -> int:
        return int(parts().clock())

    # A secret of its own: the one of the sessions may be replaced at any time, this one only together with all codes.
    codes = Codes(shared_secret(settings.data_dir / "secrets" / "pairing.codes"))
    pairings, offices, papers = Pairings(clock, codes), Offices(clock, codes), Papers(clock)
    guard = ResourceServer(f"{settings.base_url}{PATH}", realm="pairing")
    app = create_app(
        settings,
        title=_l("Pairing"),
        home="/",
        blueprints=[
            views.blueprint(pairings),
            reports.blueprint(pairings, papers),
            finance.blueprint(offices, papers),
            uploads.blueprint(offices, papers),
        ],
        apis=[
            api.blueprint(pairings, papers, guard, settings.base_url),
            widgets_api.blueprint(pairings, papers, guard, settings.base_url),
        ],
        migrations=MIGRATIONS,
        scope=["roles"],
        note=views.note(pairings),
        largest_body=uploads.largest_body,
    )
    if settings.profile != "production":
        with app.app_context():
            demo.seed(offices, papers)
    return app
