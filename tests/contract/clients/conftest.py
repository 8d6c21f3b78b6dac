"""A provider in processes of its own, and clients registered with its command line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import Installation

CALLBACK = "http://127.0.0.1:9/callback"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("provider"))
    try:
        made.serve()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def add_client(installation: Installation) -> Callable[..., dict[str, Any]]:
    def add(*options: str | Path) -> dict[str, Any]:
        done = installation.cli("clients", "add", "--json", *map(str, options))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return add


@pytest.fixture(scope="session")
def add_web_client(add_client: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def add(name: str, *options: str | Path) -> dict[str, Any]:
        given = ["--name", name, "--redirect-uri", CALLBACK, "--post-logout-redirect-uri", SIGNED_OUT]
        scope = ["--scope", "openid profile email offline_access"]
        grants = ["--grant", "authorization_code", "--grant", "refresh_token"]
        return add_client(*given, *scope, *grants, *options)

    return add
