"""The provider's processes on PostgreSQL: started together on an empty database, and while the database restarts."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests

from tests.support.postgres import Postgres
from tests.support.programs import Installation, until
from tests.support.visitor import Visitor


@pytest.fixture
def installation(tmp_path: Path, postgres: Postgres) -> Installation:
    return Installation(tmp_path, DATABASE_URL=postgres.database(), IDP_WORKERS="2")


def test_everything_starts_at_once_on_an_empty_database(installation: Installation) -> None:
    try:
        ports = [str(installation.base + 10), str(installation.base + 11)]
        serving = [installation.start("idp", "serve", IDP_PORT=port) for port in ports]
        migrating = installation.start("idp", "db", "upgrade")
        worker = installation.start("idp", "worker")
        until(lambda: "tidied" in worker.text(), "the worker works")
        for program, port in zip(serving, ports, strict=True):
            program.await_ready(f"http://localhost:{port}/health/ready")
        assert migrating.ends() == 0, migrating.text()
        assert worker.stop() == 0
        with psycopg.connect(installation.environ["DATABASE_URL"]) as connection:
            people = connection.execute("SELECT username FROM account ORDER BY username").fetchall()
            clients = connection.execute("SELECT client_id FROM client ORDER BY client_id").fetchall()
        assert [name for (name,) in people] == ["admin", "alice", "bob", "finn", "olga"]
        assert [name for (name,) in clients] == ["certificates", "dashboard", "filing", "notices", "pairing"]
        keys = list((installation.folder / "data/keys").glob("*.pem"))
        assert len(keys) == 2
        for program in (*serving, worker, migrating):
            assert "Traceback" not in program.text()
    finally:
        installation.stop()


def test_the_database_restarts(installation: Installation, postgres: Postgres) -> None:
    api = "https://api.example.org/reports"
    try:
        added = installation.cli(
            *("clients", "add", "--json", "--name", "Job", "--grant", "client_credentials"),
            *("--scope", "reports:read", "--audience", api),
        )
        client = json.loads(added.stdout)
        # Very many sign-ins of one person at once, from one network, some of which fail with the database.
        limits = {f"IDP_RATE_LIMITS__{name}__BURST": "1000" for name in ("NETWORK", "ACCOUNT", "ACCOUNT_DAY")}
        limits |= {name.replace("BURST", "REFILL"): "60" for name in limits}
        provider = installation.serve(**limits)
        worker = installation.start("idp", "worker")
        until(lambda: "tidied" in worker.text(), "the worker works")

        def token(_number: int = 0) -> int:
            return requests.post(
                f"{installation.issuer}/token",
                {"grant_type": "client_credentials", "scope": "reports:read", "resource": api},
                auth=(client["client_id"], client["client_secret"]),
                timeout=10,
            ).status_code

        def page(_number: int = 0) -> int:
            with Visitor() as visitor:
                return visitor.sign_in(visitor.get(f"{installation.issuer}/account")).status_code

        for request in (token, page):
            with ThreadPoolExecutor(16) as pool:
                # So that every thread of both workers has a connection.
                assert set(pool.map(request, range(48))) == {200}, provider.text()[-6000:]
                for _restart in range(2):
                    postgres.restart_connections()
                    assert set(pool.map(request, range(48))) == {200}, provider.text()[-6000:]
        assert requests.get(f"{installation.issuer}/health/ready", timeout=5).status_code == 200
        assert "Traceback" not in provider.text()
        assert worker.stop() == 0
    finally:
        installation.stop()
