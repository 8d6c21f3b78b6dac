"""Somebody signs in to an app of other people's making, which knows nothing but an off-the-shelf library and the issuer's address."""

import re
import threading
from collections.abc import Iterator

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from tests.journey.steps import PASSWORD, heading, look, sign_in
from tests.support.ports import free_port
from tests.support.stack import Stack

NAME = "Trademark Diary"


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


def make_app(issuer: str, client: dict[str, str], here: str) -> Flask:
    app = Flask("diary")
    app.secret_key = "test"
    app.config["SESSION_COOKIE_NAME"] = "diary"
    oauth = OAuth(app)
    oauth.register(
        "account",
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )

    @app.get("/")
    def home() -> str:
        person = session.get("person")
        known = f"<p>Hello {person['name']}, {person['email']}</p>" if person else "<p>Nobody</p>"
        return f'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Diary</title>{known}'

    @app.get("/sign-in")
    def sign_in() -> Response:
        return oauth.account.authorize_redirect(f"{here}/callback")

    @app.get("/callback")
    def callback() -> Response | str:
        try:
            session["person"] = dict(oauth.account.userinfo(token=oauth.account.authorize_access_token()))
        except OAuthError as error:
            session.clear()
            return f'<!doctype html><html lang="en"><link rel="icon" href="data:,"><p>{error.error}</p>'
        return redirect("/")

    return app


@pytest.fixture
def diary(stack: Stack) -> Iterator[str]:
    """The app's address."""
    port = free_port()
    here = f"http://localhost:{port}"
    client = stack.cli("clients", "add", "--name", NAME, "--redirect-uri", f"{here}/callback")
    server = make_server("127.0.0.1", port, make_app(stack.issuer, client, here), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def test_consent(page: Page, stack: Stack, diary: str) -> None:
    stack.add_person("hana", "Hana Sato", PASSWORD)
    page.goto(f"{diary}/sign-in")
    expect(page.get_by_text(f"to continue to {NAME}")).to_be_visible()
    sign_in(page, "hana")
    heading(page, f"Allow {NAME}?")
    expect(page.get_by_text("See your e-mail address")).to_be_visible()
    look(page, "consent")
    page.locator("#deny").click()
    expect(page.get_by_text("access_denied")).to_be_visible()

    page.goto(f"{diary}/sign-in")
    heading(page, f"Allow {NAME}?")
    page.locator("#allow").click()
    expect(page.get_by_text("Hello Hana Sato, hana@example.net")).to_be_visible()
    # Remembered: the second time nothing is asked.
    page.goto(f"{diary}/sign-in")
    expect(page.get_by_text("Hello Hana Sato")).to_be_visible()
    assert page.url == f"{diary}/"

    page.goto(f"{stack.issuer}/account/services")
    expect(page.get_by_role("main")).to_contain_text(NAME)
    page.get_by_text("Change what it may do").click()
    look(page, "services-with-an-app")
    page.get_by_label("See your e-mail address").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{NAME} may only do what you left.")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("See your e-mail address")
    page.get_by_role("button", name=re.compile(f"Remove the access of {NAME}")).click()
    expect(page.get_by_text(f"{NAME} no longer has access.")).to_be_visible()
    page.goto(f"{diary}/sign-in")
    heading(page, f"Allow {NAME}?")


def test_cancel_leads_back(page: Page, diary: str) -> None:
    page.goto(f"{diary}/sign-in")
    page.get_by_role("button", name=f"Cancel and go back to {NAME}").click()
    expect(page.get_by_text("access_denied")).to_be_visible()
