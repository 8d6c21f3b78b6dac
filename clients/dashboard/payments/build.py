"""Payments as one thing for the composition root: the pages, the part of the API, the widgets."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from flask import Blueprint

from clients.dashboard.api.parts import Part
from clients.dashboard.payments import api, views
from clients.dashboard.payments.account import Account
from clients.dashboard.payments.posting import Posting
from clients.dashboard.payments.till import Till
from clients.dashboard.widgets.contract import Widget
from clients.dashboard.widgets.payments.widget import widgets
from clients.sso.resource_server import ResourceServer
from config.creditors import Creditor


class Payments(NamedTuple):
    """What the portal puts in its places."""

    pages: Blueprint
    part: Part
    widgets: Sequence[Widget]


def build(clock: Callable[[], int], guard: ResourceServer, creditors: Mapping[str, Creditor]) -> Payments:
    """Return all of it. `clock` returns seconds since the epoch; `creditors` are whom people pay for a service's invoices."""
    till, account = Till(clock), Account(clock)
    return Payments(
        pages=views.blueprint(till, account, clock, creditors),
        part=api.part(Posting(clock), guard),
        widgets=widgets(till, account, clock),
    )
