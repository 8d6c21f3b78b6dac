"""The pages of registered devices, and the JSON that their scripts exchange with signatures. Nobody is signed in here.

The posts carry no CSRF token: no cookie counts, only the signature does, and a page of another origin is refused by its `Origin`.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, send_from_directory, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from config.parsing import json_value
from idp.accounts.pages import where
from idp.factors.push.crypto import MOST_BYTES, BadMessage, StaleMessage
from idp.factors.push.devices import Device
from idp.factors.push.service import Push

_Act = Callable[[Device, dict[str, Any]], ResponseReturnValue]
_FOLDER = Path(__file__).parent / "static"


def add_to(routes: Blueprint, push: Push) -> None:
    """Put the pages and the endpoints on the blueprint."""
    views = _DeviceViews(push)
    shown: tuple[tuple[str, Callable[..., ResponseReturnValue]], ...] = (
        ("/approvals/", views.approvals),
        ("/approvals/<request_id>", views.approvals),
        ("/approvals/register/<secret>", views.register),
        ("/approvals/worker.js", views.worker),
        ("/approvals/manifest.webmanifest", views.manifest),
    )
    for rule, view in shown:
        routes.add_url_rule(rule, view_func=view)
    posts: dict[str, Callable[..., ResponseReturnValue]] = {
        "/approvals/register/<secret>": views.claim,
        "/approvals/api/progress": views.progress,
        "/approvals/api/list": views.signed("list", views.requests),
        "/approvals/api/show": views.signed("show", views.request),
        "/approvals/api/answer": views.signed("answer", views.answer),
        "/approvals/api/lock": views.signed("lock", views.lock),
        "/approvals/api/subscription": views.signed("subscription", views.subscribe),
    }
    for rule, view in posts.items():
        name = rule.split("/")[-1].replace("<secret>", "claim")
        routes.add_url_rule(rule, f"device_{name}", views.guarded(view), methods=["POST"])

    @routes.record_once
    def exempt(state: BlueprintSetupState) -> None:
        csrf = state.app.extensions.get("csrf")
        for name, view in state.app.view_functions.items():
            if csrf is not None and name.startswith("push.device_"):
                csrf.exempt(view)


class _DeviceViews:
    """What is seen on the device, and what it sends."""

    def __init__(self, push: Push) -> None:
        self._push = push

    def approvals(self, request_id: str = "") -> ResponseReturnValue:
        """Show the frame; what is asked, the device fetches with its signature."""
        return self._page("push/approvals.html", "approvals.js", request_id=request_id)

    def register(self, secret: str) -> ResponseReturnValue:
        """Explain what registering means. Looking at it uses nothing up: links are opened by scanners as well."""
        return self._page("push/register.html", "register.js", challenge=self._push.enrolments.challenge(secret))

    def worker(self) -> Response:
        """Return the service worker; its folder is its scope."""
        return send_from_directory(_FOLDER, "worker.js", mimetype="text/javascript")

    def manifest(self) -> Response:
        """Return the web app manifest: what `add to home screen` makes of these pages."""
        brand, start = self._push.settings.brand, url_for("push.approvals")
        document = {
            "id": start,
            "name": _("%(account)s approvals", account=brand.account),
            "short_name": _("Approvals"),
            "start_url": start,
            "scope": start,
            "display": "standalone",
            "background_color": "#f5f6f8",
            "theme_color": brand.accent,
            "icons": [{"src": current_app.jinja_env.globals["logo_url"], "sizes": "any", "purpose": "any"}],
        }
        answer = jsonify(document)
        answer.mimetype = "application/manifest+json"
        return answer

    def guarded(self, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        """Let in JSON of our own pages, and say what is wrong with a message without saying more."""

        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if request.headers.get("Origin") != self._push.settings.issuer or not request.is_json:
                return jsonify(problem="origin"), HTTPStatus.FORBIDDEN
            if (request.content_length or 0) > 2 * MOST_BYTES:
                return jsonify(problem="size"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            try:
                return view(*args, **kwargs)
            except StaleMessage:
                return jsonify(problem="clock", now=self._push.now()), HTTPStatus.UNAUTHORIZED
            except BadMessage as error:
                problem = "unknown" if error.unknown else "message"
                return jsonify(problem=problem), HTTPStatus.UNAUTHORIZED

        return checked

    def signed(self, act: str, view: _Act) -> Callable[[], ResponseReturnValue]:
        """Let in a registered device that signed its message for this act."""

        def identified() -> ResponseReturnValue:
            return view(*self._push.devices.identify(_message(), act))

        return identified

    def claim(self, secret: str) -> ResponseReturnValue:
        """Take a device's key and subscription; answer with the number that it shows."""
        number = self._push.enrolments.claim(secret, _message(), where(request))
        if not number:
            return jsonify(problem="spent"), HTTPStatus.GONE
        return jsonify(number=number)

    def progress(self) -> ResponseReturnValue:
        """Tell the device that waits how far its registering is."""
        return jsonify(self._push.enrolments.progress(_message()))

    def requests(self, device: Device, _claims: dict[str, Any]) -> ResponseReturnValue:
        """Return what waits for an answer."""
        waiting = self._push.approvals.open_for(device)
        return jsonify(requests=waiting, username=device.username, subscribed=device.subscribed)

    def request(self, device: Device, claims: dict[str, Any]) -> ResponseReturnValue:
        """Return one request."""
        shown = self._push.approvals.shown_to(device, claims.get("request"))
        if shown is None:
            return jsonify(problem="none"), HTTPStatus.NOT_FOUND
        return jsonify(request=shown, username=device.username, subscribed=device.subscribed)

    def answer(self, device: Device, claims: dict[str, Any]) -> ResponseReturnValue:
        """Take an answer; it counts if it is the first and in time."""
        accepted, state = self._push.approvals.answer(device, claims, where(request))
        return jsonify(accepted=accepted, state=state)

    def lock(self, device: Device, claims: dict[str, Any]) -> ResponseReturnValue:
        """Lock the account, after "it wasn't me"."""
        if self._push.approvals.lock(device, claims.get("request"), where(request)):
            return jsonify(locked=True)
        return jsonify(locked=False), HTTPStatus.CONFLICT

    def subscribe(self, device: Device, claims: dict[str, Any]) -> ResponseReturnValue:
        """Take note of where pushes reach the device now."""
        self._push.devices.resubscribe(device, self._push.devices.read_subscription(claims.get("subscription")))
        return jsonify(kept=True)

    def _page(self, template: str, module: str, **context: object) -> ResponseReturnValue:
        settings = self._push.settings
        return render_template(
            template, module=module, issuer=settings.issuer, vapid=self._push.vapid.public, **context
        )


def _message() -> object:
    try:
        body = json_value(request.get_data()) if request.is_json else None
    except ValueError:
        return None
    return body.get("message") if isinstance(body, dict) else None
