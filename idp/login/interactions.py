"""Interactions: sign-ins in progress, each bound to the browser that began it; where it goes on, and what becomes of it when it is over.

An interaction is no credential. It follows its browser to each new secret, begins one session, and once it is over it leads whoever
comes back to it to where the same is asked anew: a session that suffices is answered there, and nobody else gets anything.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.accounts.build import Accounts
from idp.db import Tx
from idp.errors import PageError
from idp.login import store
from idp.login.knowledge import Knowledge, where
from idp.login.store import Interaction, TooManyOpenError
from idp.oauth.ports import Asked
from idp.web import allow_form_redirect, browser_secret, network
from keys import hashing

SEE_OTHER = HTTPStatus.SEE_OTHER
HOME = "/account"


class Interactions:
    """Begins, finds and ends them.

    `seconds` is how long one may take, `most_open` how many a network may have; `service_url` gives, for a client, the page of its own
    where signing in begins, if it has told us.
    """

    def __init__(
        self,
        accounts: Accounts,
        knowledge: Knowledge,
        *,
        seconds: int,
        most_open: int,
        service_url: Callable[[str], str],
    ) -> None:
        self._database = accounts.database
        self._browser = accounts.browser
        self._clock = accounts.clock
        self._knowledge = knowledge
        self._seconds = seconds
        self._most_open = most_open
        self._service_url = service_url
        self.again: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "local": lambda parameters: str(parameters["next"])
        }
        """By kind: the address at which the same is asked anew, given the parameters."""
        self._browser.on_new_secret.append(self._rebind)
        accounts.sessions.on_end.append(lambda tx, sids: store.end_of_sessions(tx, sids, now=self._clock()))
        accounts.revocation.on_revoke.append(
            lambda tx, account_id, _reason: store.end_of_account(tx, account_id, now=self._clock())
        )

    def add(self, tx: Tx, kind: str, asked: Asked, parameters: Mapping[str, Any]) -> str:
        """Begin one; return its id. Raises TooManyOpenError."""
        now = self._clock()
        interaction_id = store.add(
            tx,
            browser_digest=browser_secret.current(),
            kind=kind,
            asked=asked,
            parameters=dict(parameters),
            now=now,
            expires_at=now + self._seconds,
            network=network(where().ip or ""),
            most=self._most_open,
        )
        if not interaction_id:
            raise TooManyOpenError
        return interaction_id

    def add_for_another(self, interaction: Interaction) -> Interaction:
        """Return a new interaction that asks the same: this one has begun a session, and now somebody else signs in."""
        with self._database.write() as tx:
            store.complete(tx, interaction.id, now=self._clock())
            interaction_id = self.add(tx, interaction.kind, interaction.asked, interaction.parameters)
            return store.find(tx, interaction_id) or interaction

    def load(self, interaction_id: str) -> Interaction:
        """Return the interaction of this browser, which goes on; whoever comes to one that doesn't is answered at once.

        Raises:
            PageError: it is unknown, expired, or was begun in another browser.
            HTTPException: it is over, or has gone on meanwhile: the response that leads on.
        """
        interaction = store.find(self._database.read(), interaction_id)
        here = browser_secret.find()
        if interaction and here and hashing.same(interaction.former_digest, here):
            # A second click, sent before the first one was answered. It gets nothing here: the browser has a new secret by now, or none.
            abort(self.lead_on(interaction))
        if interaction is None or not here or not hashing.same(interaction.browser_digest, here):
            raise PageError(
                HTTPStatus.BAD_REQUEST,
                _("This sign-in can’t be continued here"),
                _(
                    "It was begun in another browser, or a long time ago. Go back to the service that you wanted to use and sign in again."
                ),
                **self.way_on(interaction),
            )
        if interaction.asked.redirect_origin:
            # The page's forms end at the service that asked.
            allow_form_redirect(interaction.asked.redirect_origin)
        if interaction.expires_at <= self._clock():
            raise PageError(
                HTTPStatus.GONE,
                _("This sign-in took too long"),
                _("To keep you safe it has expired. Go back to the service that you wanted to use and sign in again."),
                **self.way_on(interaction),
            )
        if interaction.completed or not self._is_in_started_session(interaction):
            abort(self._over(interaction))
        return self._knowledge.still_true(interaction)

    def lead_on(self, interaction: Interaction) -> Response:
        """Send a browser whose answer was overtaken to where the interaction is now: its own cookies say whether that is its own."""
        if interaction.completed or request.method != "POST":
            return self.ask_anew(interaction)
        return redirect(url_for("login.proceed", interaction_id=interaction.id), SEE_OTHER)

    def ask_anew(self, interaction: Interaction) -> Response:
        """Send the browser to where the same is asked anew."""
        return redirect(self.again[interaction.kind](interaction.parameters), SEE_OTHER)

    def way_on(self, interaction: Interaction | None) -> dict[str, Any]:
        """Return where to begin again what can't be continued."""
        if interaction is None:
            return {}
        if interaction.kind == "local":
            return {"next_url": str(interaction.parameters["next"]), "next_label": _("Sign in")}
        url = self._service_url(interaction.asked.client_id)
        label = _("Continue to %(service)s", service=interaction.asked.client_name)
        return {"next_url": url, "next_label": label} if url else {}

    def _over(self, interaction: Interaction) -> Response:
        """Answer whoever comes back to an interaction that has ended: to one of its pages, signed in, they see the way on.

        Who was on the way on is asked anew; with a session that suffices there is nothing to ask.
        """
        is_page = request.method != "POST" and request.endpoint != "login.proceed"
        if is_page and self._is_in_started_session(interaction) and self._browser.people(request):
            return make_response(render_template("login/done.html", interaction=interaction, home=HOME))
        return self.ask_anew(interaction)

    def _is_in_started_session(self, interaction: Interaction) -> bool:
        """Tell whether this browser is in the session that the interaction began, if it has begun one."""
        sids = {one.session.sid for one in self._browser.people(request)}
        return not interaction.started_sid or interaction.started_sid in sids

    def _rebind(self, former: str, digest: str) -> None:
        if former:
            with self._database.write(durable=False) as tx:
                store.rebind(tx, former, digest)
