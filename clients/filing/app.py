"""Filing's composition root."""

from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _l

from clients.filing import api, views
from clients.filing.service import Drafts
from clients.sso.api_errors import PATH
from clients.sso.app import create_app
from clients.sso.parts import parts
from clients.sso.resource_server import ResourceServer
from config.settings import RelyingPartySettings, load_relying_party

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("filing")
    drafts = Drafts(lambda: int(parts().clock()))
    guard = ResourceServer(f"{settings.base_url}{PATH}", realm="filing")
    return create_app(
        settings,
        title=_l("Filing"),
        home="/drafts",
        blueprints=[views.blueprint(drafts, settings.issuer)],
        apis=[api.blueprint(drafts, guard, settings.base_url, settings.issuer)],
        migrations=MIGRATIONS,
    )
