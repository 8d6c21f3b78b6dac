"""The page of a person's current account."""

from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from clients.dashboard.payments.account import Account
from clients.dashboard.payments.visit import sub_of_visitor


class AccountPages:
    """The page, over the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def show(self) -> ResponseReturnValue:
        """Show the balance of each currency; of one of them the months and the movements."""
        sub = sub_of_visitor()
        balances = self._account.balances(sub)
        chosen = request.args.get("currency", "")
        currency = chosen if chosen in balances else next(iter(balances), "")
        return render_template(
            "payments/account.html",
            balances=balances,
            currency=currency,
            history=self._account.history(sub, currency) if currency else [],
            page=self._account.page(sub, currency, after=request.args.get("after", "")) if currency else None,
            paged="after" in request.args,
            address=_address,
        )


def _address(**changes: str) -> str:
    chosen = {"currency": request.args.get("currency", ""), **changes}
    query = urlencode({name: text for name, text in chosen.items() if text})
    return url_for("payments.account") + (f"?{query}" if query else "")
