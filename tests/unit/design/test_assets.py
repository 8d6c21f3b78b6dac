import gzip
from pathlib import Path

import pytest
from flask import Flask

from config.design.assets import Assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor/base.css").write_text("body {}")
    return Assets(tmp_path, {"brand.css": b":root {}"})


def test_an_address_changes_with_the_content(assets: Assets, tmp_path: Path) -> None:
    changed = Assets(tmp_path, {"brand.css": b":root { }"})
    assert assets.url("vendor/base.css") != changed.url("vendor/base.css")
    with pytest.raises(KeyError):
        assets.url("missing.css")


def test_the_current_version_is_cached_for_good_and_an_old_one_is_not(assets: Assets) -> None:
    with Flask("test").test_request_context():
        assert "immutable" in assets.respond(assets.version, "brand.css").headers["Cache-Control"]
        assert assets.respond("0ld", "brand.css").headers["Cache-Control"] == "no-cache"


def test_it_is_compressed_for_who_understands(assets: Assets) -> None:
    with Flask("test").test_request_context(headers={"Accept-Encoding": "gzip, br"}):
        response = assets.respond(assets.version, "vendor/base.css")
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.get_data()) == b"body {}"


def test_nothing_else_is_served(app: Flask) -> None:
    client = app.test_client()
    for path in ("/design/x/../frame.py", "/design/x/%2e%2e/frame.py", "/design/x/", "/design/x/missing.css"):
        assert client.get(path).status_code == 404
