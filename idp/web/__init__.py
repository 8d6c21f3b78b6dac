"""What all pages of the provider share: headers, CSRF, session cookie, language, errors, logs, health, metrics, rate limits.

Nothing here knows a domain, and nothing here runs SQL for a request; the rate limiter does when it is asked.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import parsing
from config.design import Links, register
from config.parsing import EncodedQuery
from config.settings import ProviderSettings
from idp import request_id
from idp.web import errors, health, log
from idp.web.cookie_session import CookieSession
from idp.web.errors import page_error
from idp.web.headers import SecurityHeaders, allow_form_redirect
from idp.web.metrics import Metrics
from idp.web.metrics import blueprint as metrics_blueprint
from idp.web.proxies import client_address, network

__all__ = ["Web", "allow_form_redirect", "client_address", "init_app", "network", "page_error"]

_LARGEST_BODY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Web:
    """What other packages need of it: `csrf.exempt(view)` for endpoints that others post to, and the counters."""

    csrf: CSRFProtect
    metrics: Metrics


def init_app(
    app: Flask,
    settings: ProviderSettings,
    *,
    sealer_key: bytes,
    preferred_language: Callable[[], str | None] | None = None,
    checks: Mapping[str, Callable[[], object]] | None = None,
    outbox_depth: Callable[[], int] | None = None,
) -> Web:
    """Install everything on `app`. `sealer_key` signs cookies (`Sealer.derive("session")`); `checks` make `/health/ready`."""
    https = urlsplit(settings.issuer).scheme == "https"
    app.config.update(
        SECRET_KEY=sealer_key,
        # `__Host-`: no subdomain can set it. It needs https, which loopback doesn't have.
        SESSION_COOKIE_NAME="__Host-web" if https else "idp_web",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=_LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=settings.lifetimes.session_absolute,
        # Pages of the flow send no referrer; the token and a cookie that no subdomain can set do the work.
        WTF_CSRF_SSL_STRICT=False,
    )
    parsing.install(app)
    app.session_interface = CookieSession()
    app.jinja_env.auto_reload = False
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    app.wsgi_app = EncodedQuery(app.wsgi_app)  # type: ignore[method-assign]
    metrics = Metrics(outbox_depth)
    token = settings.metrics.token
    # The first hook, so that the time and the identifier cover all others.
    _observe(app, SecurityHeaders(https=https), metrics, behind_proxy=settings.trusted_proxies > 0)
    register(
        app,
        brand=settings.brand,
        links=Links.under(),
        languages=settings.languages,
        service=settings.brand.account,
        preferred=preferred_language,
    )
    errors.init_app(app)
    app.register_blueprint(Blueprint("web", __name__, template_folder="templates"))
    app.register_blueprint(health.blueprint(checks or {}))
    app.register_blueprint(
        metrics_blueprint(
            metrics, token.get_secret_value() if token else None, behind_proxy=settings.trusted_proxies > 0
        )
    )
    return Web(csrf=CSRFProtect(app), metrics=metrics)


def _observe(app: Flask, headers: SecurityHeaders, metrics: Metrics, *, behind_proxy: bool) -> None:
    """Give each request its identifier, and each answer its headers, its count and its line in the log: one hook each way."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = request_id.begin(request.headers.get("X-Request-Id") if behind_proxy else None)
        parsing.check_input(request)

    @app.after_request
    def finish(response: Response) -> Response:
        headers.add(response)
        response.headers.add("X-Request-Id", g.request_id)
        metrics.request(request.endpoint or "none", response.status_code)
        milliseconds = (time.perf_counter() - g.began) * 1000
        log.access(g.request_id, request.method, request.path, response.status_code, milliseconds)
        return response
