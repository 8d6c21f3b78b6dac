"""Carries out what `flow.next_step` says: keeps the interaction, sends the person to the step, answers whoever asked at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import after_this_request, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.accounts.build import Accounts
from idp.accounts.guard import RECENT
from idp.accounts.strength import POSSESSION, Proof, joined
from idp.db import Tx
from idp.errors import PageError
from idp.factors.build import Strong
from idp.login import flow, store
from idp.login.entry import Entry
from idp.login.flow import LetIn, Person
from idp.login.interactions import SEE_OTHER, Interactions
from idp.login.knowledge import Knowledge, where
from idp.login.step_pages import page_of
from idp.login.store import Interaction
from idp.oauth.ports import Asked, Authentication, Refused
from idp.web import browser_secret

Finish = Callable[[Mapping[str, Any], Authentication | Refused], Response]
"""Answers whoever asked, given the parameters that came with the question."""

_LOCAL = Asked("", "", first_party=True, scope=())


class Dispatcher:
    """`oauth.ports.SignIn` and `accounts.ports.SignInPort` in one: every way to ask a person to sign in ends here."""

    def __init__(
        self,
        accounts: Accounts,
        strong: Strong,
        *,
        interaction_seconds: int,
        most_open: int,
        service_url: Callable[[str], str],
    ) -> None:
        self._database = accounts.database
        self._sessions = accounts.sessions
        self._browser = accounts.browser
        self._clock = accounts.clock
        self._entry = Entry(accounts)
        self._strong = strong
        self._knowledge = Knowledge(accounts, strong)
        self._interactions = Interactions(
            accounts, self._knowledge, seconds=interaction_seconds, most_open=most_open, service_url=service_url
        )
        self.load = self._interactions.load
        self.again = self._interactions.again
        self.finish: dict[str, Finish] = {"local": _finish_local}
        """By kind of interaction; `idp.app` adds the protocol's."""

    # What the protocol asks for (oauth.ports.SignIn)

    def begin(self, asked: Asked, parameters: Mapping[str, Any]) -> Authentication | Refused | Response:
        """Return the answer if there is one already, else a redirect to the first step."""
        known = self._knowledge.known(asked)
        step = flow.next_step(asked, known)
        if isinstance(step, Person):
            return flow.answer(asked, known, step)
        return step if isinstance(step, Refused) else self._start("authorize", asked, parameters, step)

    def current(self) -> Sequence[Authentication]:
        """Return this browser's live sign-ins, the active one first."""
        sessions = [one.session for one in self._browser.people(request)]
        return [Authentication(one.account_id, one.sid, one.auth_time, one.acr, one.amr) for one in sessions]

    def end(self, *, sid: str | None) -> Sequence[str]:
        """End one of this browser's sessions, or all of them, and forget their cookies."""
        sids = [one.sid for one in self.current() if sid in {None, one.sid}]
        with self._database.write() as tx:
            for one in sids:
                self._sessions.end(tx, one, "signed_out")
        gone = sids if sid else []
        people = self._browser.people(request)  # looked up before the cookies go
        after_this_request(lambda response: self._drop(response, gone))
        if sid is None or len(people) == len(sids):
            session.clear()
        return sids

    # What pages of the provider ask for (accounts.ports.SignInPort)

    def sign_in(self, next_path: str) -> Response:
        """Send the person to sign in, and back to `next_path`."""
        return self._local(_LOCAL, next_path)

    def reauthenticate(self, next_path: str, *, level: str = "") -> Response:
        """Send the person to prove again who they are, at `level` if one is named, unless they did lately."""
        return self._local(replace(_LOCAL, max_age=RECENT, acr_values=(level,) if level else ()), next_path)

    def add_account(self, next_path: str) -> Response:
        """Let the person sign in to another account beside those of this browser."""
        return self._local(replace(_LOCAL, prompt=frozenset({"select_account"})), next_path)

    # What the steps call

    def step(self, interaction: Interaction) -> flow.Step:
        """Return what the interaction needs next."""
        return flow.next_step(interaction.asked, self._knowledge.known(interaction.asked, interaction))

    def advance(self, interaction: Interaction) -> Response:
        """Send the person to the next step, or answer whoever asked, once."""
        return self._decide(interaction, lambda: self._advance(interaction))

    def _advance(self, interaction: Interaction) -> Response:
        known = self._knowledge.known(interaction.asked, interaction)
        step = flow.next_step(interaction.asked, known)
        if isinstance(step, LetIn):
            with self._database.write() as tx:
                return self._save(tx, self._let_in(interaction))
        if isinstance(step, Person):
            if interaction.offer:
                return redirect(url_for("login.offer", interaction_id=interaction.id), SEE_OTHER)
            return self.answer(interaction, flow.answer(interaction.asked, known, step))
        if isinstance(step, Refused):
            return self.answer(interaction, step)
        return redirect(page_of(step, interaction.id), SEE_OTHER)

    def answer(self, interaction: Interaction, outcome: Authentication | Refused) -> Response:
        """Answer whoever asked; of two answers at once, the second leads the person to ask anew."""
        with self._database.write() as tx:
            if not store.complete(tx, interaction.id, now=self._clock()):
                return self._interactions.ask_anew(interaction)
        return self.finish[interaction.kind](interaction.parameters, outcome)

    def prove(
        self,
        interaction: Interaction,
        account_id: str,
        proof: Proof,
        *,
        remember: bool = False,
        trust: bool = False,
        offer: bool = False,
        reads_mail: bool = False,
    ) -> Response:
        """Note what somebody has proven, and go on; with `offer`, who has no second step is offered a passkey on the way.

        `reads_mail`: by a code that was mailed to their confirmed address.
        """
        here = where()
        if interaction.started_sid and account_id not in {one.account_id for one in self.current()}:
            interaction = self._interactions.add_for_another(interaction)
        same = account_id == interaction.account_id
        has = self._strong.standings.of(account_id)
        if not has.active:
            raise PageError(
                HTTPStatus.FORBIDDEN,
                _("This account is locked"),
                _("Choose “Forgot your password?” on the sign-in page to open it again, or contact us."),
            )
        if proof.method == "password" and has.methods:
            self._strong.reset.carry_out(account_id, here)
        changed = replace(
            interaction,
            account_id=account_id,
            proofs=joined(interaction.proofs if same else (), (proof,)),
            remember=remember or (same and interaction.remember),
            trust=trust or (same and interaction.trust),
            # On the way to a service; on the account's own pages it is in sight anyway.
            offer=offer and interaction.kind != "local" and not has.methods,
            allowed=same and interaction.allowed,
            address_proven_at=self._clock() if reads_mail else interaction.address_proven_at if same else 0,
        )

        def go_on() -> Response:
            # From the proof to the answer one transaction: one wait for the disk, and no session that leads nowhere.
            with self._database.write() as tx:
                if POSSESSION in proof.shows:
                    self._strong.attempts.clear(tx, account_id)
                    self._strong.reset.cancel(tx, account_id, here)
                    self._strong.push.approvals.withdraw(tx, account_id)
                return self._save(tx, changed, proven=True)

        return self._decide(interaction, go_on)

    def denied(self, interaction: Interaction) -> Response:
        """Go on after the person said no on their device: with the password, before that device is asked again."""
        return self._keep(replace(interaction, proofs=(), denied=True))

    def choose(self, interaction: Interaction, sid: str) -> Response:
        """Note which of the accounts in this browser it is to be. An earlier yes to the client was somebody else's."""
        return self._keep(
            replace(interaction, chosen_sid=sid, account_id="", proofs=(), allowed=False, address_proven_at=0)
        )

    def allow(self, interaction: Interaction) -> Response:
        """Note that the person said yes to the client."""
        return self._keep(replace(interaction, allowed=True))

    def offered(self, interaction: Interaction) -> Response:
        """Go on after the person was offered a passkey, whatever they chose."""
        return self._keep(replace(interaction, offer=False))

    def _keep(self, changed: Interaction) -> Response:
        """Save what has changed, and go on."""

        def go_on() -> Response:
            with self._database.write() as tx:
                return self._save(tx, changed)

        return self._decide(changed, go_on)

    def _save(self, tx: Tx, changed: Interaction, *, proven: bool = False) -> Response:
        """Save what has changed, and go on; after a proof only who gets the answer can, by the browser's new secret."""
        if not store.save(tx, changed):
            raise _OvertakenError
        if proven:
            self._browser.renew_secret()
        return self._advance(replace(changed, browser_digest=browser_secret.find()))

    def _decide(self, interaction: Interaction, go_on: Callable[[], Response]) -> Response:
        """Return what `go_on` answers; when another request was quicker it has done nothing, and the browser is led on."""
        try:
            return go_on()
        except _OvertakenError:
            return self._interactions.lead_on(store.find(self._database.read(), interaction.id) or interaction)

    def now(self) -> int:
        """Return the flow's time."""
        return self._clock()

    def _let_in(self, interaction: Interaction) -> Interaction:
        account_id, here = interaction.account_id, where()
        with self._database.write() as tx:
            try:
                session = self._entry.let_in(
                    request,
                    account_id,
                    interaction.proofs,
                    here,
                    remember=interaction.remember,
                    address_proven_at=interaction.address_proven_at,
                    claim=lambda tx, sid: _claim(tx, interaction, sid),
                )
            except LookupError as error:
                raise PageError(
                    HTTPStatus.CONFLICT,
                    _("You have been signed out"),
                    _("Your sign-in was ended in another window, or the account was locked. Sign in again."),
                    detail=str(error),
                    **self._interactions.way_on(interaction),
                ) from error
            if interaction.trust and any(POSSESSION in proof.shows for proof in interaction.proofs):
                methods = self._strong.standings.of(account_id).fingerprint
                self._strong.trusted.trust(tx, request, account_id, methods, here)
            digest = browser_secret.find()
        return replace(interaction, chosen_sid=session.sid, started_sid=session.sid, trust=False, browser_digest=digest)

    def _local(self, asked: Asked, next_path: str) -> Response:
        step = flow.next_step(asked, self._knowledge.known(asked))
        if isinstance(step, Person | Refused):
            return redirect(next_path, SEE_OTHER)
        return self._start("local", asked, {"next": next_path}, step)

    def _start(self, kind: str, asked: Asked, parameters: Mapping[str, Any], step: flow.Step) -> Response:
        # Not confirmed to anybody: who loses it in a power cut signs in again.
        with self._database.write(durable=False) as tx:
            interaction_id = self._interactions.add(tx, kind, asked, parameters)
        page = page_of(step, interaction_id, ui_locales=asked.ui_locales or None)
        if "create" in asked.prompt:
            page = url_for("accounts.create_account", next=page)
        return redirect(page, SEE_OTHER)

    def _drop(self, response: Response, sids: Sequence[str]) -> Response:
        self._browser.drop(request, response, *sids)
        return response


class _OvertakenError(Exception):
    """Another request of this interaction was quicker; undoes the transaction."""


def _claim(tx: Tx, interaction: Interaction, sid: str) -> None:
    """Make it the session of this interaction, which has one at most."""
    if not store.start(tx, interaction.id, sid):
        raise _OvertakenError


def _finish_local(parameters: Mapping[str, Any], _outcome: Authentication | Refused) -> Response:
    return redirect(parameters["next"], SEE_OTHER)
