"""A PostgreSQL server of the tests' own, in a folder that goes away with it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.support.ports import free_port


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


class Postgres:
    """Start with `Postgres()`, end with `stop()`; `database()` gives the address of an empty database."""

    def __init__(self) -> None:
        folder = binaries()
        if folder is None:
            raise RuntimeError("PostgreSQL is not installed: run `make packages`")
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._port = free_port()
        self._count = 0
        who = self._unprivileged()
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        shared: dict[str, Any] = {"env": environment, "cwd": self._folder, **who}
        data = self._folder / "data"
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", "idp", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **shared,
        )
        fast = [
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
            "-c",
            "full_page_writes=off",
            "-c",
            "max_connections=200",
        ]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *(folder / "postgres", "-D", data, "-p", str(self._port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self._folder}", *fast),
            ],
            stdout=self._log,
            stderr=self._log,
            **shared,
        )
        self._await()

    def database(self) -> str:
        self._count += 1
        name = f"test{self._count}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def empty(self, url: str) -> None:
        """Delete every row but those of Alembic; what a test has left open is cut. A new database takes three hundred files more."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = connection.execute(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%\\_version'"
            )
            look = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for (name,) in tables)
            filled = [name for (name,) in connection.execute(look)]
            if filled:
                connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")

    def restart_connections(self) -> None:
        """Cut every connection, as a restart of the server would."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(10)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f"postgresql://idp@127.0.0.1:{self._port}/{name}"

    def _unprivileged(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")  # PostgreSQL refuses to run as root
        os.chown(self._folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=1).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return
        raise RuntimeError((self._folder / "log").read_text())
