"""Filing is opened with a password alone by nobody: who has no second step sets one up on the way, who has one is asked for just that."""

import base64
import hashlib
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from playwright.sync_api import Page, expect

from idp.factors.totp import crypto
from tests.journey.steps import (
    PASSWORD,
    SCREENSHOTS,
    confirm_address,
    fits,
    heading,
    look,
    name_menu,
    sign_in,
    wait_until,
)
from tests.support.stack import Stack

CALLBACK = "http://127.0.0.1:9/callback"


def code_of(secret: str, *, later: int = 0) -> str:
    return crypto.code_at(secret, int(time.time()) // crypto.STEP_SECONDS + later)


def set_up_app(page: Page, stack: Stack, email: str = "") -> str:
    """On the page that offers the methods; return the secret that the app now has."""
    page.get_by_role("link", name="Set up: Authenticator app").click()
    confirm_address(page, stack, email)
    page.get_by_text("I can’t scan it").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_of(secret, later=-1))
    page.get_by_role("button", name="Set up the app").click()
    return secret


def begin_draft(page: Page, title: str) -> None:
    page.get_by_role("link", name="New draft").first.click()
    heading(page, "New draft")
    page.get_by_label("What is it for?").select_option("trademark")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Applicant").fill("Moreau & Daughters")


def test_without_any_method_one_is_set_up_on_the_way(page: Page, stack: Stack) -> None:
    email = stack.add_person("ines", "Inés Duarte", PASSWORD)
    page.goto(stack.filing)
    heading(page, "File with us")
    look(page, "filing-landing")
    page.locator("#sign-in").click()
    expect(page.get_by_text("to continue to Filing")).to_be_visible()
    sign_in(page, "ines")

    # The password was right, and isn't enough.
    expect(page).to_have_url(re.compile("/account/security/add"))
    look(page, "filing-choose-a-method")
    # Nor is it for adding a second step: that takes a code by mail.
    set_up_app(page, stack, email)

    expect(page).to_have_url(f"{stack.filing}/drafts")
    heading(page, "Draft applications")
    expect(page.get_by_text("You have no drafts yet")).to_be_visible()
    expect(name_menu(page, "Inés Duarte")).to_be_visible()
    look(page, "filing-nothing-yet")

    begin_draft(page, "   ")
    page.locator("#save").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "filing-draft-wrong")
    page.get_by_label("Title").fill("KETTLEQUIET")
    page.locator("#save").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    look(page, "filing-drafts")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert fits(page)
    page.screenshot(path=SCREENSHOTS / "filing-drafts-rtl.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})

    page.get_by_role("link", name="Edit KETTLEQUIET").click()
    heading(page, "Edit draft")
    look(page, "filing-draft")
    page.get_by_role("link", name="Delete this draft").click()
    heading(page, "Delete this draft?")
    look(page, "filing-delete")
    page.locator("#delete").click()
    expect(page.get_by_text("The draft is deleted.")).to_be_visible()
    expect(page.get_by_text("You have no drafts yet")).to_be_visible()

    page.goto(f"{stack.filing}/drafts/gone")
    heading(page, "There is no page here")
    look(page, "filing-error")


def test_with_a_method_only_what_is_missing_is_asked(
    page: Page, open_browser: Callable[..., Page], stack: Stack
) -> None:
    stack.add_person("jonas", "Jonas Berg", PASSWORD)
    # In one browser he has signed in with the password, before he had anything else …
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, "jonas")
    heading(page, "Welcome, Jonas Berg")
    look(page, "dashboard-with-filing")
    # … in another he sets up an app.
    other = open_browser()
    other.goto(f"{stack.issuer}/account/security")
    sign_in(other, "jonas")
    other.locator("#add-method").click()
    secret = set_up_app(other, stack)

    page.get_by_role("link", name="Filing", exact=True).click()
    heading(page, "Enter the code from your app")
    expect(page.get_by_text("to continue to Filing")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).not_to_be_visible()
    look(page, "filing-step-up")
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.locator("#sign-in").click()
    expect(page).to_have_url(f"{stack.filing}/drafts")

    # The services that he used before still know him, without another question.
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome, Jonas Berg")
    page.goto(stack.pairing)
    heading(page, "Pairing")
    # Straight to a page inside: in the other browser, which has both proofs already, nothing is asked at all.
    other.goto(f"{stack.filing}/drafts/new")
    heading(other, "New draft")

    # Whoever signs out anywhere is out here too.
    page.goto(f"{stack.filing}/drafts")
    name_menu(page, "Jonas Berg").click()
    page.locator("#sign-out").click()
    heading(page, "You are signed out")
    page.goto(f"{stack.filing}/drafts")
    expect(page.get_by_label("Username")).to_be_visible()


def test_whoever_stops_on_the_way_is_told_where_they_are(page: Page, stack: Stack) -> None:
    stack.add_person("kira", "Kira Novak", PASSWORD)
    page.goto(f"{stack.filing}/drafts")
    sign_in(page, "kira")
    expect(page).to_have_url(re.compile("/account/security/add"))
    # Back to Filing without having set anything up: no going round in circles, the same question.
    page.goto(f"{stack.filing}/")
    heading(page, "File with us")
    page.locator("#sign-in").click()
    expect(page).to_have_url(re.compile("/account/security/add"))
    # Everything that needs no second step is open.
    page.goto(f"{stack.dashboard}/dashboard")
    heading(page, "Welcome, Kira Novak")

    # What the provider says when it knows that there is no way: the page tells, and asks for nothing by itself.
    with page.expect_request("**/authorize?*") as asked:
        page.goto(f"{stack.filing}/drafts")
    state = parse_qs(urlsplit(asked.value.url).query)["state"][0]
    refusal = {"error": "unmet_authentication_requirements", "state": state, "iss": stack.issuer}
    page.goto(f"{stack.filing}/callback?{urlencode(refusal)}")
    heading(page, "One more step is needed")
    look(page, "filing-unmet")
    page.locator("#sign-in").click()
    expect(page).to_have_url(re.compile("/account/security/add"))


def test_whoever_cancels_the_second_step_is_still_signed_in(page: Page, stack: Stack) -> None:
    stack.add_person("nadia", "Nadia Rossi", PASSWORD)
    page.goto(f"{stack.filing}/drafts")
    sign_in(page, "nadia")
    secret = set_up_app(page, stack)
    heading(page, "Draft applications")
    # Filing's session is one of the password only, as far as it knows; the provider's has ended.
    with closing(sqlite3.connect(stack.folder / "filing.db")) as database, database:
        database.execute("UPDATE sso_session SET acr = 'aal1'")
    page.context.clear_cookies(domain="localhost", name=re.compile("^sso_"))
    page.goto(f"{stack.filing}/drafts/new")
    sign_in(page, "nadia")
    heading(page, "Enter the code from your app")
    page.get_by_text("Cancel and go back to Filing").click()
    heading(page, "Nothing has changed")
    look(page, "filing-cancelled")
    page.locator("#sign-in").click()
    sign_in(page, "nadia")
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.locator("#sign-in").click()
    heading(page, "New draft")


def test_what_was_typed_is_still_there(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("lena", "Lena Okoye", PASSWORD)
    page.goto(f"{stack.filing}/drafts")
    sign_in(page, "lena")
    set_up_app(page, stack)
    heading(page, "Draft applications")
    begin_draft(page, "A kettle that hums")
    # Hours later the session of this service has ended; the provider still knows her.
    with closing(sqlite3.connect(stack.folder / "filing.db")) as database, database:
        database.execute("UPDATE sso_session SET used_at = 1")
    page.locator("#save").click()
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A kettle that hums")
    look(page, "filing-draft-kept")
    page.reload()
    page.locator("#save").click()
    expect(page.get_by_text("is saved")).to_be_visible()

    # Two tabs: the second to save is told.
    page.get_by_role("link", name="Edit A kettle that hums").click()
    second = page.context.new_page()
    second.goto(page.url)
    second.get_by_label("Title").fill("A kettle that sings")
    second.locator("#save").click()
    expect(second.get_by_text("is saved")).to_be_visible()
    page.get_by_label("Title").fill("A kettle that whistles")
    page.locator("#save").click()
    expect(page.locator("#error")).to_be_focused()
    expect(page.locator("#error")).to_contain_text("A kettle that sings")
    look(page, "filing-conflict")
    page.locator("#save").click()
    expect(page.get_by_text("A kettle that whistles")).to_be_visible()


class App:
    """An app of somebody else that uses Filing's API, and knows nothing but addresses and the RFCs."""

    def __init__(self, stack: Stack) -> None:
        self.api = f"{stack.filing}/api"
        made = stack.cli(
            "clients", "add", "--name", "Docket", "--redirect-uri", CALLBACK, "--audience", self.api,
            "--scope", "openid filing:read filing:write", "--first-party",
        )  # fmt: skip
        self.auth = (made["client_id"], made["client_secret"])
        self.document = requests.get(f"{stack.issuer}/.well-known/openid-configuration", timeout=5).json()

    def token(self, page: Page, sign_in: Callable[[Page], object], **asked: str) -> str:
        """Walk through the provider in the person's browser; return the access token."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(12)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.auth[0],
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid filing:read filing:write",
            "resource": self.api,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | asked
        back: list[str] = []
        page.route(f"{CALLBACK}*", lambda route: (back.append(route.request.url), route.fulfill(body="Done")))
        page.goto(f"{self.document['authorization_endpoint']}?{urlencode(query)}")
        sign_in(page)
        wait_until(lambda: bool(back) or bool(page.wait_for_timeout(50)))
        answer = {name: values[0] for name, values in parse_qs(urlsplit(back[0]).query).items()}
        assert answer["state"] == state, answer
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        tokens = requests.post(self.document["token_endpoint"], form, auth=self.auth, timeout=5)
        return tokens.json()["access_token"]

    def call(self, token: str, method: str = "GET", **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, f"{self.api}/drafts", headers=headers, timeout=5, **more)


def test_a_developers_app_is_challenged_and_steps_up(page: Page, stack: Stack) -> None:
    """RFC 9470 from end to end."""
    stack.add_person("mika", "Mika Salo", PASSWORD)
    app = App(stack)
    weak = app.token(page, lambda page: sign_in(page, "mika"))

    refused = app.call(weak)
    assert refused.status_code == 401
    challenge = dict(re.findall(r'(\w+)="([^"]*)"', refused.headers["WWW-Authenticate"]))
    assert challenge["error"] == "insufficient_user_authentication"
    assert challenge["acr_values"] == "aal2"

    strong = app.token(page, lambda page: set_up_app(page, stack), acr_values=challenge["acr_values"])
    assert app.call(strong).json() == {"drafts": []}
    draft = {"kind": "design", "title": "A kettle’s spout", "applicant": "Mika Salo"}
    assert app.call(strong, "POST", json=draft).status_code == 201
    # The same draft, for the person.
    page.goto(f"{stack.filing}/drafts")
    expect(page.get_by_text("A kettle’s spout")).to_be_visible()
    # What is there for the account isn't for the API, and the weak token is as weak as it was.
    assert app.call(weak).status_code == 401
