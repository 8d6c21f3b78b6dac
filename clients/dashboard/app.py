"""The dashboard's composition root."""

from flask import Flask

from clients.dashboard.views import blueprint
from clients.sso.app import create_app
from config.settings import RelyingPartySettings, load_relying_party


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("dashboard")
    return create_app(settings, title=settings.brand.portal, home="/dashboard", blueprints=[blueprint(settings)])
