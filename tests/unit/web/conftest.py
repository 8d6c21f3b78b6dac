from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort, render_template_string
from flask.testing import FlaskClient

from config.settings import load_provider
from idp import web
from idp.errors import PageError

_FORM = "{% from 'design/forms.html' import csrf %}<form method=post>{{ csrf() }}</form>"


def make_app(tmp_path: Path, **environ: str) -> Flask:
    app = Flask("test")
    settings = load_provider({"PROFILE": "test", "DATA_DIR": str(tmp_path), **environ})
    parts = web.init_app(
        app, settings, sealer_key=b"k" * 32, checks={"database": lambda: True, "keys": lambda: app.config.get("KEYS")}
    )
    app.extensions["web"] = parts

    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        return render_template_string(_FORM)

    @app.get("/for-client")
    def for_client() -> str:
        web.allow_form_redirect("https://client.example:8443/callback?x=1")
        return "page"

    @app.get("/page-error")
    def page_error() -> str:
        raise PageError(409, "That was taken", "Choose another name.", detail="hidden detail", retry_after=7)  # type: ignore[arg-type]

    @app.get("/unexpected")
    def unexpected() -> str:
        raise RuntimeError("password=hunter2")

    @app.get("/abort/<int:status>")
    def abort_with(status: int) -> str:
        abort(status)

    return app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
