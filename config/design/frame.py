"""Puts the frame on a Flask app: blueprint with templates, one asset route, languages, and the globals that templates use."""

from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Blueprint, Flask, Response

from config.design import brand as branding
from config.design.assets import Assets
from config.design.build import FRAMEWORK
from config.design.languages import Languages, switch_url
from config.design.parts import Links

_HERE = Path(__file__).parent
MODULES = ("once", "password", "code", "countdown", "menu")
"""The ES modules of every page; each finds its own elements by a data attribute."""


def install(
    app: Flask,
    *,
    brand: branding.Look,
    links: Links,
    languages: Sequence[str],
    service: str,
    preferred: Callable[[], str | None] | None,
) -> None:
    """See `config.design.register`."""
    if not (_HERE / "static" / FRAMEWORK).exists():
        raise RuntimeError("The style sheet is not built yet: run `python -m config.design.build`.")
    logo_name, logo = branding.logo(brand)
    assets = Assets(_HERE / "static", {"brand.css": branding.stylesheet(brand), logo_name: logo})
    choice = Languages(languages, preferred)
    choice.init_app(app)

    blueprint = Blueprint("design", __name__, template_folder="templates", url_prefix="/design")

    @blueprint.get("/<version>/<path:name>")
    def asset(version: str, name: str) -> Response:
        return assets.respond(version, name)

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        asset=assets.url,
        brand=brand,
        links=links,
        service_name=service or brand.organization,
        logo_url=assets.url(logo_name),
        style_sheets=[assets.url(name) for name in (FRAMEWORK, "brand.css", "theme.css")],
        modules=[assets.url(f"{name}.js") for name in MODULES],
        languages=choice,
        language=choice.current,
        language_url=switch_url,
    )
