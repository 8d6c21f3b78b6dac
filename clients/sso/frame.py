"""The page frame of a relying party: the shared design, with the person's name and menu in the upper corner."""

from collections.abc import Callable

from flask import Flask
from flask_babel import gettext as _

from clients.sso.guard import Visitor, current_visitor
from config.design import Links, MenuItem, Person, register
from config.settings import RelyingPartySettings


def install(
    app: Flask,
    settings: RelyingPartySettings,
    title: str,
    preferred: Callable[[], str | None],
    note: Callable[[Visitor], str] | None = None,
    *,
    waiting: Callable[[Visitor], str] | None = None,
) -> None:
    """Give the app's templates the frame; `preferred` answers the visitor's own language, `note` what stands beside their name.

    `waiting` answers what stands beside "Messages": only the service that keeps them knows how many wait.
    """
    register(
        app,
        brand=settings.brand,
        links=Links.under(settings.issuer),
        languages=settings.languages,
        service=title,
        preferred=preferred,
    )
    dashboard = settings.services.get("dashboard")

    def menu(visitor: Visitor) -> list[MenuItem]:
        unread = waiting(visitor) if waiting else ""
        portal = [
            MenuItem(_("My %(portal)s Dashboard", portal=settings.brand.portal), f"{dashboard}/dashboard", "services"),
            MenuItem(_("Messages"), f"{dashboard}/messages", "mail", id="messages", note=unread),
        ]
        return [
            *(portal if dashboard else []),
            MenuItem(_("My account"), f"{settings.issuer}/account", "person"),
            MenuItem(_("Sign out"), "/sign-out", "sign-out", post=True, id="sign-out"),
        ]

    @app.context_processor
    def person() -> dict[str, Person | None]:
        visitor = current_visitor()
        if visitor is None:
            return {"person": None}
        return {"person": Person(visitor.name, menu(visitor), note(visitor) if note else "")}
