"""The blueprint of people's pages. Each group of pages has its own module; views parse, call one use case, and render."""

from datetime import timedelta

from flask import Blueprint
from flask_babel import format_timedelta

from idp.accounts.account_views import AccountViews
from idp.accounts.address_proof_views import AddressProofViews
from idp.accounts.address_views import AddressViews
from idp.accounts.alarm_views import AlarmViews
from idp.accounts.build import Accounts
from idp.accounts.devices import describe
from idp.accounts.guard import Guard
from idp.accounts.identifiers import masked
from idp.accounts.pages import local_time
from idp.accounts.ports import Ports
from idp.accounts.recovery_views import RecoveryViews
from idp.accounts.registration_views import RegistrationViews


def blueprint(accounts: Accounts, ports: Ports) -> Blueprint:
    """Return all pages, bound to their services."""
    pages = Blueprint("accounts", __name__, template_folder="templates")
    guard = Guard(accounts.browser, ports, accounts.clock)
    RegistrationViews(accounts, ports).add_to(pages)
    RecoveryViews(accounts, ports).add_to(pages)
    AccountViews(accounts, ports).add_to(pages, guard)
    AddressViews(accounts, ports).add_to(pages, guard)
    AddressProofViews(accounts, ports).add_to(pages, guard)
    AlarmViews(accounts).add_to(pages)

    @pages.context_processor
    def words() -> dict[str, object]:
        waiting = format_timedelta(timedelta(seconds=accounts.settings.lifetimes.recovery_waiting), threshold=2)
        return {
            "masked": masked,
            "device": describe,
            "local_time": local_time,
            "waiting": waiting,
            "method_title": ports.method_title,
            "place": accounts.common.notices.places.describe_here,
        }

    return pages
