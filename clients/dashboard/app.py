"""The dashboard's composition root."""

from pathlib import Path

from flask import Flask

from clients.dashboard.api import frame
from clients.dashboard.board import views as board_views
from clients.dashboard.board.cards import Cards
from clients.dashboard.board.service import Boards
from clients.dashboard.messages import api, views
from clients.dashboard.messages.inbox import Inbox
from clients.dashboard.messages.posting import Posting
from clients.dashboard.payments.build import Payments
from clients.dashboard.payments.build import build as build_payments
from clients.dashboard.views import blueprint
from clients.dashboard.widgets.clock import views as clock
from clients.dashboard.widgets.clock.widget import widget as clock_widget
from clients.dashboard.widgets.contract import Widget
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.links import views as links
from clients.dashboard.widgets.links.widget import widget as links_widget
from clients.dashboard.widgets.messages.widget import widget as messages_widget
from clients.dashboard.widgets.notepad import views as notepad_views
from clients.dashboard.widgets.notepad.service import Notepad
from clients.dashboard.widgets.notepad.widget import widget as notepad_widget
from clients.dashboard.widgets.pairing.widget import widgets as pairing_widgets
from clients.dashboard.widgets.registered import api as widgets_api
from clients.dashboard.widgets.registered.service import Registered
from clients.dashboard.widgets.registry import Registry
from clients.dashboard.widgets.search import views as search
from clients.dashboard.widgets.search.widget import widgets as search_widgets
from clients.dashboard.widgets.services.widget import widget as services_widget
from clients.sso.api_errors import PATH
from clients.sso.app import create_app
from clients.sso.parts import parts
from clients.sso.resource_server import ResourceServer
from config.settings import RelyingPartySettings, load_relying_party
from config.shared import ACCOUNT

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("dashboard")
    guard = ResourceServer(f"{settings.base_url}{PATH}", realm="dashboard")
    desk = views.Desk(Inbox(_now), settings)
    notepad = Notepad(_now)
    payments = build_payments(_now, guard, settings.creditors)
    gate = Gate()
    registered = Registered(settings.apis, settings.senders, gate, _now)
    registry = Registry(_built_in(settings, desk, notepad, payments, gate), registered.offered)
    return create_app(
        settings,
        title=settings.brand.portal,
        home="/dashboard",
        blueprints=[
            blueprint(settings),
            views.blueprint(desk),
            payments.pages,
            clock.blueprint(_now),
            links.blueprint(_now),
            search.blueprint(_now, settings.databases),
            notepad_views.blueprint(notepad),
            board_views.blueprint(Boards(registry, _now), registry, Cards(settings)),
        ],
        apis=frame.blueprints(
            [
                api.part(Posting(_now, {ACCOUNT, *settings.security_senders}), guard),
                payments.part,
                widgets_api.part(registered, guard),
            ],
            settings,
        ),
        migrations=MIGRATIONS,
        waiting=desk.waiting,
        largest_body=frame.largest_body,
    )


def _built_in(
    settings: RelyingPartySettings, desk: views.Desk, notepad: Notepad, payments: Payments, gate: Gate
) -> list[Widget]:
    """Return our own widgets, in the order of the side panel."""
    return [
        *search_widgets(settings.databases),
        *payments.widgets,
        *pairing_widgets(settings.services.get("pairing"), gate),
        messages_widget(desk),
        services_widget(settings),
        links_widget(),
        clock_widget(_now),
        notepad_widget(notepad),
    ]


def _now() -> int:
    return int(parts().clock())
