"""The only SQL of registered widgets. Each function is one transaction."""

from collections.abc import Sequence

from sqlalchemy import delete, select, text

from clients.dashboard.widgets.registered.models import RegisteredWidget
from clients.sso.db import db


def list_all() -> Sequence[RegisteredWidget]:
    """Return the widgets of all services, in an order that stays."""
    statement = select(RegisteredWidget).order_by(RegisteredWidget.service, RegisteredWidget.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def list_of(service: str) -> Sequence[RegisteredWidget]:
    """Return the widgets of one service."""
    statement = select(RegisteredWidget).where(RegisteredWidget.service == service).order_by(RegisteredWidget.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def put(service: str, widget_id: str, manifest: str, now: int, *, most: int) -> bool:
    """Store a widget in place of the one of that name; False when the service has `most` others already. One statement."""
    stored = db.session.execute(
        text(
            "INSERT INTO registered_widget (service, id, manifest, updated_at)"
            " SELECT CAST(:service AS VARCHAR(100)), CAST(:id AS VARCHAR(40)), :manifest, :now WHERE"
            " (SELECT count(*) FROM registered_widget r WHERE r.service = :service AND r.id <> :id) < :most"
            " ON CONFLICT (service, id) DO UPDATE SET manifest = excluded.manifest, updated_at = excluded.updated_at"
            " RETURNING id"
        ),
        {"service": service, "id": widget_id, "manifest": manifest, "now": now, "most": most},
    ).one_or_none()
    db.session.commit()
    return stored is not None


def remove(service: str, widget_id: str) -> bool:
    """Delete a widget of that service; False when there is none."""
    gone = db.session.execute(
        delete(RegisteredWidget)
        .where(RegisteredWidget.service == service, RegisteredWidget.id == widget_id)
        .returning(RegisteredWidget.id)
    ).one_or_none()
    db.session.commit()
    return gone is not None
