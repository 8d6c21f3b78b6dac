"""Puts the frame on a Flask app: blueprint with templates, one asset route, languages, and the globals that templates use."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response
from markupsafe import Markup

from config.design import brand as branding
from config.design import phrases
from config.design.assets import Assets
from config.design.build import FRAMEWORK
from config.design.languages import Languages, rest_of_query
from config.design.parts import Links

_HERE = Path(__file__).parent
MODULES = ("once", "password", "meter", "code", "countdown", "menu")
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
    templates = app.jinja_env

    # Rendering is what a page costs. What differs by nothing but the language is rendered once, an icon drawn once.
    @lru_cache(maxsize=256)
    def fragment(name: str, _tag: str) -> Markup:
        return Markup(templates.get_template(name).render())  # noqa: S704 - the template has escaped

    @lru_cache(maxsize=1024)
    def drawn(name: str, _tag: str, *arguments: str | bool, **attributes: str) -> Markup:
        return Markup(templates.get_template(name).module.draw(*arguments, **attributes))  # type: ignore[attr-defined] # noqa: S704

    several = len(languages) > 1

    def language_menu(*, up: bool = False) -> Markup:
        if not several:
            return Markup("")  # there is nothing to choose
        menu = drawn("design/language_menu.html", choice.current().tag, up)
        return menu.replace("?lang=", Markup("?{}lang=").format(rest_of_query()))

    def icon(name: str, label: str = "", **attributes: str) -> Markup:
        return drawn("design/icons.html", "", name, label, **attributes)

    phrases.install(templates, lambda: choice.current().tag)
    templates.globals.update(
        accent=branding.mail_accent(brand),
        asset=assets.url,
        constant=lambda name: fragment(name, choice.current().tag),
        icon=icon,
        brand=brand,
        links=links,
        service_name=service or brand.organization,
        logo_url=assets.url(logo_name),
        style_sheets=[assets.url(name) for name in (FRAMEWORK, "brand.css", "theme.css")],
        modules=[assets.url(f"{name}.js") for name in MODULES],
        languages=choice,
        language=choice.current,
        language_menu=language_menu,
    )
