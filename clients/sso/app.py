"""Composition root of a relying party: the one place that knows every part and the order in which they are put on the app."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from flask import Blueprint, Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from clients.sso import backchannel, errors, frame, headers, health, log, logout, sign_in
from clients.sso.crypto import Box, derive
from clients.sso.db import connect
from clients.sso.guard import Visitor, current_visitor
from clients.sso.parts import Parts
from clients.sso.sessions import Sessions
from config import parsing
from config.hosts import KnownHosts
from config.parsing import EncodedQuery
from config.serving import end_with_parent
from config.settings import RelyingPartySettings

_LARGEST_BODY = 256 * 1024


def create_app(
    settings: RelyingPartySettings,
    *,
    title: str,
    home: str,
    blueprints: Sequence[Blueprint],
    apis: Sequence[Blueprint] = (),
    migrations: Path | None = None,
    scope: Sequence[str] = (),
    note: Callable[[Visitor], str] | None = None,
    waiting: Callable[[Visitor], str] | None = None,
    largest_body: Callable[[], int | None] | None = None,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """Return the service's app. `title` stands beside the logo; `home` is the path of the page that a person signs in for.

    `apis` are called by programs with tokens and not by our own forms; `migrations` is the folder of the service's own tables.
    `scope` is asked for besides name and address; `note` says what stands beside a person's name, `waiting` what
    stands beside "Messages" in their menu. `largest_body` answers how many bytes
    the current request may have, None: as many as any form; it is asked before anything is read.

    Raises ConfigError when a secret can't be read.
    """
    end_with_parent()
    log.configure()
    secret = settings.read_session_secret()
    https = settings.base_url.startswith("https:")

    app = Flask(f"clients.{settings.name}")
    parsing.install(app)
    app.config.update(
        SECRET_KEY=derive(secret, "cookies"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # Browsers share cookies between the ports of a host, so each service has names of its own.
        SESSION_COOKIE_NAME=f"__Host-{settings.name}-web" if https else f"{settings.name}_web",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=settings.session_absolute,
        # Pages send no referrer to other origins; the token and a cookie of this host alone do the work.
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.wsgi_app = KnownHosts(app.wsgi_app, [settings.base_url], trusted_proxies=settings.trusted_proxies)  # type: ignore[method-assign]

    app.wsgi_app = EncodedQuery(app.wsgi_app)  # type: ignore[method-assign]

    connect(app, settings.name, migrations)
    token_box = Box(secret, "tokens")
    app.extensions["sso"] = Parts(
        app,
        settings,
        home=home,
        sessions=Sessions(settings, Box(secret, "id token"), token_box, clock),
        form_box=Box(secret, "kept forms"),
        token_box=token_box,
        clock=clock,
        scope=scope,
    )
    if largest_body:
        # Before CSRF protection, which reads the whole form.
        app.before_request(partial(_limit_body, largest_body))
    app.before_request(lambda: parsing.check_input(request))
    csrf = CSRFProtect(app)
    headers.install(app, settings.issuer, https=https)
    frame.install(
        app, settings, title, lambda: visitor.locale if (visitor := current_visitor()) else None, note, waiting=waiting
    )
    errors.install(app)
    callable_by_others = backchannel.blueprint()
    for part in (callable_by_others, *apis):
        csrf.exempt(part)
    for part in (health.blueprint(), sign_in.blueprint(), logout.blueprint(), callable_by_others, *blueprints, *apis):
        app.register_blueprint(part)
    return app


def _limit_body(largest_body: Callable[[], int | None]) -> None:
    if (limit := largest_body()) is not None:
        request.max_content_length = limit
