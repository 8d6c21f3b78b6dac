"""The dashboard's composition root."""

from pathlib import Path

from flask import Flask

from clients.dashboard.api import frame
from clients.dashboard.api.parts import PATH
from clients.dashboard.messages import api, views
from clients.dashboard.messages.inbox import Inbox
from clients.dashboard.messages.posting import Posting
from clients.dashboard.views import blueprint
from clients.sso.app import create_app
from clients.sso.parts import parts
from clients.sso.resource_server import ResourceServer
from config.settings import RelyingPartySettings, load_relying_party

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("dashboard")
    guard = ResourceServer(f"{settings.base_url}{PATH}", realm="dashboard")
    desk = views.Desk(Inbox(_now), settings)
    return create_app(
        settings,
        title=settings.brand.portal,
        home="/dashboard",
        blueprints=[blueprint(settings, desk), views.blueprint(desk)],
        apis=frame.blueprints([api.part(Posting(_now, settings.security_senders), guard)], settings),
        migrations=MIGRATIONS,
        waiting=desk.waiting,
        largest_body=frame.largest_body,
    )


def _now() -> int:
    return int(parts().clock())
