"""The account pages in a browser of their own, with stand-ins for what the composition root binds."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from flask import Flask, redirect
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from config.settings import ProviderSettings
from idp import web
from idp.accounts.ports import Ports, Service
from idp.accounts.views import blueprint
from idp.db import Tx
from tests.support.people import HERE, People


class SignInElsewhere:
    """Answers with where the flow would begin."""

    def sign_in(self, next_path: str) -> Response:
        return redirect(f"/sign-in?next={next_path}")

    def reauthenticate(self, next_path: str, *, level: str = "") -> Response:  # noqa: ARG002 - one answer for all
        return redirect(f"/prove?next={next_path}")


class RememberedServices:
    """Two services, until they are revoked."""

    def __init__(self) -> None:
        self.services = [
            Service(name, name.title(), ["See your name"], [], 1_800_000_000, None) for name in ("filing", "pairing")
        ]

    def listing(self, account_id: str) -> Sequence[Service]:  # noqa: ARG002 - everybody has the same
        return self.services

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:  # noqa: ARG002
        self.services = [service for service in self.services if service.client_id != client_id]


def make_app(people: People, settings: ProviderSettings) -> Flask:
    app = Flask("test")
    web.init_app(app, settings, sealer_key=b"k" * 32)
    app.register_blueprint(blueprint(people.accounts, Ports(SignInElsewhere(), RememberedServices())))
    return app


class Visitor:
    """A browser: fills in forms as they are shown, token and all."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers={"User-Agent": HERE.user_agent or ""})

    def fill(self, path: str, **fields: Any) -> TestResponse:
        page = self.get(path)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.text
        return self._client.post(path, data={"csrf_token": found[1], **fields})

    def sign_in(self, cookie_value: str) -> None:
        self._client.set_cookie("sso_0", cookie_value)


def comparable(response: TestResponse) -> str:
    """Return the page without what differs each time it is shown: tokens and identifiers."""
    return re.sub(r'name="csrf_token" value="[^"]+"|c=[0-9a-z]{26}', "", response.text)


def words(response: TestResponse) -> str:
    """Return the page's text, as a person reads it."""
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)))
