"""The basket, and the payment reference that it ends in."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.dashboard.payments.till import ChangedError, NotFoundError, Till
from clients.dashboard.payments.visit import gone, sub_of_visitor
from config.creditors import Creditor

SEE_OTHER = HTTPStatus.SEE_OTHER


class BasketPages:
    """The pages, over the person's till."""

    def __init__(self, till: Till, creditors: Mapping[str, Creditor]) -> None:
        self._till = till
        self._creditors = creditors

    def show(self) -> ResponseReturnValue:
        """Show what is in it, take something out, or get the reference to pay with."""
        sub = sub_of_visitor()
        if request.method == "POST":
            return self._do(sub)
        parts = self._till.basket(sub)
        return render_template(
            "payments/basket.html",
            parts=parts,
            creditors=self._creditors,
            in_basket=sum(len(one.invoices) for one in parts),
        )

    def reference(self, reference: str) -> ResponseReturnValue:
        """Show a payment reference with everything that somebody needs who pays, on a page to print."""
        sub = sub_of_visitor()
        try:
            payment, invoices = self._till.payment(sub, reference)
        except NotFoundError:
            return gone(
                _("This payment reference isn’t there"), _("It may be mistyped, or it belongs to another account.")
            )
        there = [one for one in invoices if one.payment == payment.reference]
        open_ones = [one for one in there if one.state == "pending"]
        return render_template(
            "payments/reference.html",
            payment=payment,
            invoices=invoices,
            amount=sum(one.amount for one in open_ones),
            is_paid=bool(there) and all(one.state == "paid" for one in there),
            is_open=bool(open_ones),
            services=[payment.service] if payment.service else sorted({one.service for one in there}),
            creditors=self._creditors,
            due=min((one.due for one in open_ones), default=None),
        )

    def _do(self, sub: str) -> ResponseReturnValue:
        match request.form.get("action", ""):
            case "take_out":
                if self._till.move(sub, request.form.getlist("invoice"), "unpaid"):
                    flash(_("The invoice was taken out of the basket."), "success")
            case "check_out":
                try:
                    payment = self._till.check_out(sub, request.form.get("basket", ""))
                except ChangedError:
                    flash(
                        _("The basket has changed since you opened it, so nothing was done. Look through it again."),
                        "warning",
                    )
                else:
                    return redirect(url_for(".reference", reference=payment.reference), SEE_OTHER)
            case _:
                abort(HTTPStatus.BAD_REQUEST)
        return redirect(url_for(".basket"), SEE_OTHER)
