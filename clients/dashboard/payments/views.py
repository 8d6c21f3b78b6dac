"""The pages of a person's invoices. Everything that can be chosen is in the address, so that a view can be reloaded, kept and shared."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from clients.dashboard.messages.inbox import words_of
from clients.dashboard.payments import chart, references, words
from clients.dashboard.payments.account import Account
from clients.dashboard.payments.account_views import AccountPages
from clients.dashboard.payments.basket_views import BasketPages
from clients.dashboard.payments.states import STATES
from clients.dashboard.payments.till import NotFoundError, Till, Wanted
from clients.dashboard.payments.visit import gone, sub_of_visitor
from clients.sso.guard import signed_in
from config.creditors import Creditor

SEE_OTHER = HTTPStatus.SEE_OTHER
_LONGEST_QUERY = 200
_MOVES = ("basket", "unpaid")


def blueprint(till: Till, account: Account, clock: Callable[[], int], creditors: Mapping[str, Creditor]) -> Blueprint:
    """Return the routes under `/payments`; `creditors` are whom people pay for a service's invoices."""
    routes = Blueprint(
        "payments", __name__, template_folder="templates", static_folder="static", static_url_path="/static/payments"
    )
    routes.app_template_filter("amount")(words.amount)
    routes.app_template_filter("reference")(references.grouped)
    routes.app_context_processor(
        lambda: {"words": words, "draw": chart.draw, "is_late": lambda one: words.is_late(one.due, one.state, clock())}
    )
    invoices, basket, movements = InvoicePages(till), BasketPages(till, creditors), AccountPages(account)
    for path, name, page, methods in (
        ("/payments", "invoices", invoices.overview, ["GET", "POST"]),
        ("/payments/basket", "basket", basket.show, ["GET", "POST"]),
        ("/payments/account", "account", movements.show, ["GET"]),
        ("/payments/references/<reference>", "reference", basket.reference, ["GET"]),
        ("/payments/<invoice_id>", "invoice", invoices.show, ["GET", "POST"]),
    ):
        routes.add_url_rule(path, name, signed_in(page), methods=methods)
    return routes


class InvoicePages:
    """The list and each invoice."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def overview(self) -> ResponseReturnValue:
        """List invoices, and put those that were ticked into the basket or take them out."""
        sub = sub_of_visitor()
        if request.method == "POST":
            ticked = request.form.getlist("invoice")
            if self._move(sub, ticked) is None:
                flash(_("Tick the invoices first."), "info")
            return redirect(_address(), SEE_OTHER)
        state = request.args.get("state", "")
        query = request.args.get("q", "").strip()[:_LONGEST_QUERY]
        wanted = Wanted(state if state in STATES else "", words_of(query))
        sums = self._till.sums(sub)
        return render_template(
            "payments/invoices.html", page=self._till.page(sub, wanted, after=request.args.get("after", "")), wanted=wanted,
            sums=sums, states=STATES, query=query, paged="after" in request.args, address=_address, in_basket=words.number(sums, "basket"),
        )  # fmt: skip

    def show(self, invoice_id: str) -> ResponseReturnValue:
        """Show one invoice with its history, and put it into the basket or take it out."""
        sub = sub_of_visitor()
        try:
            invoice, changes = self._till.open(sub, invoice_id)
        except NotFoundError:
            return gone(_("This invoice isn’t there"), _("It may belong to another account."))
        if request.method == "POST":
            self._move(sub, [invoice_id])
            return redirect(url_for(".invoice", invoice_id=invoice_id), SEE_OTHER)
        in_basket = words.number(self._till.sums(sub), "basket")
        return render_template("payments/invoice.html", invoice=invoice, changes=changes, in_basket=in_basket)

    def _move(self, sub: str, invoice_ids: list[str]) -> int | None:
        after = request.form.get("to", "")
        if after not in _MOVES:
            abort(HTTPStatus.BAD_REQUEST)
        if not invoice_ids:
            return None
        moved = self._till.move(sub, invoice_ids, after)
        flash(_moved(after, moved), "success")
        return moved


def _moved(after: str, number: int) -> str:
    if after == "basket":
        return str(
            ngettext("%(num)d invoice was put into the basket.", "%(num)d invoices were put into the basket.", number)
        )
    return str(
        ngettext(
            "%(num)d invoice was taken out of the basket.", "%(num)d invoices were taken out of the basket.", number
        )
    )


def _address(**changes: str) -> str:
    """Return the list with some choices changed; another list begins at its first invoice."""
    chosen = {name: request.args.get(name, "") for name in ("state", "q", "after")} | changes
    if changes.keys() - {"after"} and "after" not in changes:
        chosen.pop("after")
    query = urlencode({name: text for name, text in chosen.items() if text})
    return url_for("payments.invoices") + (f"?{query}" if query else "")
