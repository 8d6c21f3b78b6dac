"""Carries out what `flow.next_step` says: keeps the interaction, sends the person to the step, answers whoever asked at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import after_this_request, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.accounts.browser import Browser
from idp.accounts.sessions import Session, Sessions
from idp.clock import Clock
from idp.db import Database
from idp.errors import PageError
from idp.login import flow, store
from idp.login.flow import AskConsent, ChooseAccount, Known, Prove
from idp.login.store import Interaction
from idp.oauth.ports import Asked, Authentication, Refused
from idp.oauth.store import consents
from keys import hashing

Finish = Callable[[Mapping[str, Any], Authentication | Refused], Response]
"""Answers whoever asked, given the parameters that came with the question."""

SEE_OTHER = HTTPStatus.SEE_OTHER
RECENT_SECONDS = 600
"""How long a proof counts as recent for a sensitive change."""
_SECRET = "browser"  # noqa: S105  the cookie's field
_PAGES: dict[type, str] = {Prove: "login.sign_in", ChooseAccount: "login.choose_account", AskConsent: "login.consent"}


class Dispatcher:
    """`oauth.ports.SignIn` and `accounts.ports.SignInPort` in one: every way to ask a person to sign in ends here."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        browser: Browser,
        clock: Clock,
        *,
        interaction_seconds: int,
        service_url: Callable[[str], str],
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._browser = browser
        self._clock = clock
        self._interaction_seconds = interaction_seconds
        self._service_url = service_url
        """Given a client: the page of its own where signing in begins, if it has told us."""
        self.finish: dict[str, Finish] = {"local": _finish_local}
        """By kind of interaction; `idp.app` adds the protocol's."""

    # What the protocol asks for (oauth.ports.SignIn)

    def begin(self, asked: Asked, parameters: Mapping[str, Any]) -> Authentication | Refused | Response:
        """Return the answer if there is one already, else a redirect to the first step."""
        step = flow.next_step(asked, self._known(asked))
        if isinstance(step, Authentication | Refused):
            return step
        return self._start("authorize", asked, parameters, step)

    def current(self) -> Sequence[Authentication]:
        """Return this browser's live sign-ins, the active one first."""
        return [_authentication(person.session) for person in self._browser.people(request)]

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
        return self._local(Asked("", "", first_party=True, scope=()), next_path)

    def reauthenticate(self, next_path: str) -> Response:
        """Send the person to prove again who they are, unless they did lately."""
        return self._local(Asked("", "", first_party=True, scope=(), max_age=RECENT_SECONDS), next_path)

    def add_account(self, next_path: str) -> Response:
        """Let the person sign in to another account beside those of this browser."""
        return self._local(Asked("", "", first_party=True, scope=(), prompt=frozenset({"select_account"})), next_path)

    # What the steps call

    def load(self, interaction_id: str) -> Interaction:
        """Return the interaction of this browser.

        Raises:
            PageError: it is unknown, expired, or was begun in another browser.
        """
        interaction = store.find(self._database.read(), interaction_id)
        if interaction is None or not hashing.same(
            interaction.browser_digest, hashing.digest(session.get(_SECRET, ""))
        ):
            raise PageError(
                HTTPStatus.BAD_REQUEST,
                _("This sign-in can’t be continued here"),
                _(
                    "It was begun in another browser, or a long time ago. Go back to the service that you wanted to use and sign in again."
                ),
                **self._way_on(interaction),
            )
        if interaction.expires_at <= self._clock():
            raise PageError(
                HTTPStatus.GONE,
                _("This sign-in took too long"),
                _("To keep you safe it has expired. Go back to the service that you wanted to use and sign in again."),
                **self._way_on(interaction),
            )
        return interaction

    def step(self, interaction: Interaction) -> flow.Step:
        """Return what the interaction needs next."""
        return flow.next_step(interaction.asked, self._known(interaction.asked, interaction))

    def advance(self, interaction: Interaction) -> Response:
        """Send the person to the next step, or answer whoever asked. Repeating it is harmless: a double click gets an answer too."""
        step = self.step(interaction)
        if isinstance(step, Authentication | Refused):
            return self.answer(interaction, step)
        return redirect(url_for(_PAGES[type(step)], interaction_id=interaction.id), SEE_OTHER)

    def answer(self, interaction: Interaction, outcome: Authentication | Refused) -> Response:
        """Answer whoever asked."""
        with self._database.write() as tx:
            store.complete(tx, interaction.id, now=self._clock())
        return self.finish[interaction.kind](interaction.parameters, outcome)

    def chosen(self, interaction: Interaction, sid: str, *, fresh: bool) -> Interaction:
        """Note whom the person is, for the steps to come."""
        with self._database.write() as tx:
            store.choose(tx, interaction.id, sid, fresh=fresh)
        return replace(interaction, chosen_sid=sid, fresh=fresh, allowed=False)

    def now(self) -> int:
        """Return the flow's time."""
        return self._clock()

    def _way_on(self, interaction: Interaction | None) -> dict[str, Any]:
        """Return where to begin again what can't be continued."""
        if interaction is None:
            return {}
        if interaction.kind == "local":
            return {"next_url": str(interaction.parameters["next"]), "next_label": _("Sign in")}
        url = self._service_url(interaction.asked.client_id)
        label = _("Continue to %(service)s", service=interaction.asked.client_name)
        return {"next_url": url, "next_label": label} if url else {}

    def _known(self, asked: Asked, interaction: Interaction | None = None) -> Known:
        known = Known(
            now=self._clock(),
            sessions=tuple(self.current()),
            chosen=interaction.chosen_sid if interaction else "",
            fresh=bool(interaction and interaction.fresh),
            allowed=bool(interaction and interaction.allowed),
        )
        authentication = flow.candidate(asked, known)
        if authentication is None or asked.first_party or not asked.client_id:
            return known
        return replace(
            known, consented=consents.allowed_scope(self._database.read(), authentication.account_id, asked.client_id)
        )

    def _local(self, asked: Asked, next_path: str) -> Response:
        step = flow.next_step(asked, self._known(asked))
        if isinstance(step, Authentication | Refused):
            return redirect(next_path, SEE_OTHER)
        return self._start("local", asked, {"next": next_path}, step)

    def _start(self, kind: str, asked: Asked, parameters: Mapping[str, Any], step: flow.Step) -> Response:
        secret = session.get(_SECRET) or session.setdefault(_SECRET, hashing.new_secret())
        now = self._clock()
        # Not confirmed to anybody: who loses it in a power cut signs in again.
        with self._database.write(durable=False) as tx:
            interaction_id = store.add(
                tx,
                browser_digest=hashing.digest(secret),
                kind=kind,
                asked=asked,
                parameters=dict(parameters),
                now=now,
                expires_at=now + self._interaction_seconds,
            )
        page = url_for(_PAGES[type(step)], interaction_id=interaction_id, ui_locales=asked.ui_locales or None)
        if "create" in asked.prompt:
            page = url_for("accounts.create_account", next=page)
        return redirect(page, SEE_OTHER)

    def _drop(self, response: Response, sids: Sequence[str]) -> Response:
        self._browser.drop(request, response, *sids)
        return response


def _finish_local(parameters: Mapping[str, Any], _outcome: Authentication | Refused) -> Response:
    return redirect(parameters["next"], SEE_OTHER)


def _authentication(one: Session) -> Authentication:
    return Authentication(one.account_id, one.sid, one.auth_time, one.acr or "", one.amr)
