"""The proof of work of the sign-in form (`web.proof_of_work`), bound to the sign-in in progress and to the network.

While there is a flood the form brings its challenge along, and a browser solves it while somebody types. A form that came without one
gets a page in between: it keeps what was typed, sealed, and goes on by itself, so that nobody types a password twice.
"""

from http import HTTPStatus

import orjson
from flask import Request, make_response, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from config.forms import BaseForm
from idp.accounts.build import Accounts
from idp.accounts.sign_in import Refused
from idp.login.store import Interaction
from idp.web import client_address, network
from idp.web.proof_of_work import Solved, Work
from keys import Sealer
from keys.errors import BadSealError

_SEALED_FOR = "sign-in form"
_FIELDS = ("username", "password", "remember")
"""What somebody types; the rest of the form is made anew."""
_TYPED_SECONDS = 10 * 60
"""For which what was typed can be sent again."""


class WorkStep:
    """Asks for the work, and takes it."""

    def __init__(self, accounts: Accounts, sealer: Sealer) -> None:
        self._proof_of_work = accounts.proof_of_work
        self._failure_rate = accounts.failure_rate
        self._network_limits = accounts.network_limits
        self._device_cookies = accounts.device_cookies
        self._clock = accounts.clock
        self._sealer = sealer

    def check(self, request: Request, interaction: Interaction) -> Solved | Work | None:
        """Return what a submitted form has solved; its own challenge when neither work nor time is done; None when it has none."""
        return self._proof_of_work.check(request.form.get("work", ""), *_subject(request, interaction))

    def typed(self, request: Request, interaction: Interaction) -> MultiDict[str, str] | None:
        """Return the fields of the form that the page in between has kept, None when it isn't that page that was sent."""
        try:
            kept = orjson.loads(self._sealer.open(request.form.get("typed", ""), purpose=_SEALED_FOR))
        except BadSealError:
            return None
        if kept["interaction"] != interaction.id or kept["until"] <= self._clock():
            return None
        return MultiDict(kept["fields"] | {"csrf_token": request.form.get("csrf_token", "")})

    def ask(self, request: Request, interaction: Interaction, *, refused: bool) -> Work | None:
        """Return the challenge that the form brings along, None when the next attempt needs none; `refused`: there was one just now."""
        if self._device_cookies.has_any(request):
            return None
        # What the network has used up takes a look at the database, and can only have changed with an attempt.
        level = self._network_limits.next_level(_address(request)) if refused else self._failure_rate.level()
        return self._proof_of_work.issue(level, *_subject(request, interaction)) if level else None

    def page(
        self, request: Request, interaction: Interaction, form: BaseForm, refused: Refused, unsolved: Work | None
    ) -> Response:
        """Answer a form that came without: with a page that works, or waits, and sends it again."""
        work = unsolved or self._proof_of_work.issue(
            refused.level, *_subject(request, interaction), wait=refused.wait_seconds
        )
        fields = {field.name: str(field.data) for field in form if field.name in _FIELDS and field.data}
        kept = {"interaction": interaction.id, "until": self._clock() + work.wait + _TYPED_SECONDS, "fields": fields}
        page = render_template(
            "login/work.html",
            form=form,
            interaction=interaction,
            work=work,
            typed=self._sealer.seal(orjson.dumps(kept), purpose=_SEALED_FOR),
        )
        response = make_response(page, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(work.wait)
        return response


def _address(request: Request) -> str:
    return client_address(request.environ)


def _subject(request: Request, interaction: Interaction) -> tuple[str, str]:
    return interaction.id, network(_address(request))
