"""`/health/live`: this process answers. `/health/ready`: it can do its work. For load balancers; no details for anybody else."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

_log = logging.getLogger("idp.web.health")


def blueprint(checks: Mapping[str, Callable[[], object]]) -> Blueprint:
    """Return the routes; each check passes unless it raises or returns False. The answer names them, the log says why."""
    routes = Blueprint("health", __name__, url_prefix="/health")

    @routes.get("/live")
    def live() -> Response:
        return jsonify(status="ok")

    @routes.get("/ready")
    def ready() -> tuple[Response, HTTPStatus]:
        results = {name: _passes(name, check) for name, check in checks.items()}
        good = all(results.values())
        answer = jsonify(
            status="ok" if good else "not ready",
            checks={name: "ok" if ok else "failed" for name, ok in results.items()},
        )
        return answer, HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE

    return routes


def _passes(name: str, check: Callable[[], object]) -> bool:
    try:
        good = check() is not False
    except Exception:  # noqa: BLE001 - any failure of a check is its answer
        _log.exception("health check %s failed", name)
        return False
    if not good:
        _log.error("health check %s failed", name)
    return good
