"""What lies on the disk is its user's alone; keys that others can read are refused with a sentence."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.programs import Installation, until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.stop()


def test_nobody_else_reads_databases_logs_and_data_dir(installation: Installation) -> None:
    """Under an umask that leaves everything open, and when an earlier version has left it so."""
    data = installation.folder / "data"
    data.mkdir(mode=0o755)
    (data / "idp.db").touch(mode=0o644)
    (data / "logs").mkdir(mode=0o755)
    (data / "logs" / "provider.log").touch(mode=0o644)
    before = os.umask(0o000)
    try:
        installation.start("clients.filing")
        installation.serve()
        until((data / "filing.db").exists, "the service's database")
        until((data / "idp.db-wal").exists, "the write-ahead log")
    finally:
        os.umask(before)
    public = data / "certificates"
    found = [path for path in (data, *data.rglob("*")) if public not in (path, *path.parents)]
    names = {path.name for path in found}
    assert {"idp.db", "idp.db-wal", "idp.db-shm", "filing.db", "ring.json", "sealing.key"} <= names
    assert [str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


@pytest.mark.parametrize("name", ["keys/sealing.key", "keys/*.pem", "secrets/filing.secret"])
def test_a_key_that_others_can_read_is_refused(installation: Installation, name: str) -> None:
    installation.serve()
    installation.stop()
    data = installation.folder / "data"
    path = next(data.glob(name), None) or installation.folder
    if path is installation.folder:
        pytest.skip("made by the service")
    path.parent.chmod(0o755)
    path.chmod(0o644)
    said = installation.cli("serve")
    assert said.returncode != 0
    assert f"chmod 600 {path}" in said.stderr
    assert "Traceback" not in said.stderr
