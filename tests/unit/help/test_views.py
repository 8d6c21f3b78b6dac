from pathlib import Path

import pytest
from flask import Flask

from config.design import Links, register
from config.settings import load_provider
from idp.help import views


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    settings = load_provider({"PROFILE": "test", "DATA_DIR": str(tmp_path)})
    app = Flask("test")
    register(app, brand=settings.brand, links=Links.under(), languages=("en",))
    app.register_blueprint(views.blueprint(settings))
    return app


def test_every_link_of_the_frame_leads_to_a_page(app: Flask) -> None:
    client = app.test_client()
    for link in Links.under():
        assert client.get(link).status_code == 200, link
    assert client.get("/help/nothing").status_code == 404


def test_what_they_say_comes_from_the_settings(app: Flask) -> None:
    text = app.test_client().get("/help").text
    assert "3 days after it was added" in text
    assert "http://localhost:8000" in app.test_client().get("/help/scams").text
