"""Pages for who can't use any of their methods: other ways back in, and the removal of all methods, which takes a mailed code and days."""

from http import HTTPStatus

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from idp.accounts.address_proof_views import AddressProofPage
from idp.accounts.guard import RECENT
from idp.accounts.models import RECOVERY
from idp.accounts.pages import local_time
from idp.accounts.proofs import Purpose
from idp.accounts.strength import KNOWLEDGE
from idp.factors.build import Strong
from idp.login.dispatcher import Dispatcher
from idp.login.flow import ProveMore
from idp.login.forms import StepForm
from idp.login.interactions import SEE_OTHER
from idp.login.knowledge import where
from idp.login.store import Interaction


class LostPages:
    """The views."""

    def __init__(self, dispatcher: Dispatcher, strong: Strong) -> None:
        self._dispatcher = dispatcher
        self._strong = strong
        self._proof_page = AddressProofPage(strong.accounts.address_proofs)

    def lost(self, interaction_id: str) -> Response:
        """Offer the ways back in to somebody whose methods are out of reach; the last one takes days, and everybody is told."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, ProveMore):
            return self._dispatcher.advance(interaction)
        form, account_id, proven = StepForm(), step.account_id, _knows_password(interaction)
        due_at = self._strong.reset.due_at(account_id)
        if form.validate_on_submit() and proven and not due_at:
            if self._dispatcher.now() - interaction.address_proven_at > RECENT:
                return redirect(url_for("login.lost_code", interaction_id=interaction.id), SEE_OTHER)
            due_at = self._strong.reset.ask(account_id, where())
        has = self._strong.standings.of(account_id)
        account = self._strong.accounts.profile.read(account_id)
        addresses = self._strong.accounts.addresses.of_account(account_id)
        page = render_template(
            "login/lost.html",
            form=form,
            interaction=interaction,
            proven=proven,
            due=local_time(due_at, account["time_zone"] if account else None) if due_at else "",
            waiting=self._strong.reset.waiting_days,
            backups=[
                (each.name, each.describe())
                for each in self._strong.registry
                if each.name in (*has.methods, *has.backups)
            ],
            recovery=any(row["role"] == RECOVERY for row in addresses),
        )
        return make_response(page)

    def lost_code(self, interaction_id: str) -> ResponseReturnValue:
        """Ask for a code that is mailed to the confirmed address, and begin the waiting time with it: what enrolling took, losing takes too."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, ProveMore):
            return self._dispatcher.advance(interaction)
        back, account_id = url_for("login.lost", interaction_id=interaction.id), step.account_id
        if not _knows_password(interaction) or self._strong.reset.due_at(account_id):
            return redirect(back, HTTPStatus.SEE_OTHER)
        return self._proof_page.show(
            account_id,
            Purpose.RESET_FACTORS,
            lambda _tx: self._strong.reset.ask(account_id, where()),
            lambda: redirect(back, SEE_OTHER),
            service=interaction.asked.client_name,
            way_back=back,
        )


def _knows_password(interaction: Interaction) -> bool:
    """Tell whether the password was shown in this sign-in: whoever only sits at a signed-in browser can't begin this."""
    return any(KNOWLEDGE in proof.shows for proof in interaction.proofs)
