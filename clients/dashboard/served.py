"""The dashboard as it is served: the app, and beside it the thread that tells people of messages by mail and push."""

from flask import Flask

from clients.dashboard.app import create as create_app
from clients.dashboard.messages.delivery import Delivery


def create() -> Flask:
    """Return the app, with the delivery running."""
    app = create_app()
    Delivery(app).start()
    return app
