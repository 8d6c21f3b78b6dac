import pytest
from flask import Flask

from config.design import Links, register
from config.settings import Brand


@pytest.fixture
def app() -> Flask:
    app = Flask("test")
    app.secret_key = "test"
    register(app, brand=Brand(), links=Links.under(), languages=("en", "fr", "ar", "zh"), service="IP Account")
    return app
