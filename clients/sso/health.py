"""`/health/live`: this process answers. `/health/ready`: its database does too. The provider may come later, so it isn't asked."""

import logging
from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from clients.sso.db import db

_log = logging.getLogger(__name__)


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("health", __name__, url_prefix="/health")

    @routes.get("/live")
    def live() -> Response:
        return jsonify(status="ok")

    @routes.get("/ready")
    def ready() -> tuple[Response, HTTPStatus]:
        try:
            db.session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            _log.exception("the database doesn't answer")
            return jsonify(status="not ready"), HTTPStatus.SERVICE_UNAVAILABLE
        return jsonify(status="ok"), HTTPStatus.OK

    return routes
