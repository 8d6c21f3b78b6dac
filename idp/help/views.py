"""The pages: each is a template, filled with the settings it speaks of, so that what it says stays true."""

from flask import Blueprint, render_template

from config.settings import ProviderSettings

_HOUR = 3600
_DAY = 24 * _HOUR
PAGES = ("contact", "scams", "privacy", "cookies", "terms", "accessibility")


def blueprint(settings: ProviderSettings) -> Blueprint:
    """Return the routes `/help` and `/help/<page>` for each of `PAGES`, which are also the footer's links."""
    routes = Blueprint("help", __name__, template_folder="templates", url_prefix="/help")
    lives = settings.lifetimes
    facts = {
        "issuer": settings.issuer,
        "address": settings.brand.contact,
        "confirmation_hours": lives.confirmation // _HOUR,
        "reset_minutes": lives.reset // 60,
        "waiting_days": lives.recovery_waiting // _DAY,
        "idle_hours": lives.session_idle // _HOUR,
        "remembered_days": lives.remembered_session // _DAY,
    }

    @routes.get("")
    def index() -> str:
        return render_template("help/index.html", page="index", **facts)

    @routes.get(f"/<any({', '.join(PAGES)}):page>")
    def page(page: str) -> str:
        return render_template(f"help/{page}.html", page=page, **facts)

    return routes
