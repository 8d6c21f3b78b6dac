"""Pairing's composition root."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from clients.pairing.views import blueprint
from clients.sso.app import create_app
from config.settings import RelyingPartySettings, load_relying_party


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("pairing")
    return create_app(settings, title=_l("Pairing"), home="/", blueprints=[blueprint()])
