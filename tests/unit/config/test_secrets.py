"""Secrets that programs share through a file."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.secrets import shared_secret


def test_makes_a_secret_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "portal.secret"

    secret = shared_secret(path)

    assert len(secret) == 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert shared_secret(path) == secret
    assert list(path.parent.iterdir()) == [path]


def test_takes_a_secret_that_somebody_wrote(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("from-a-vault\n")

    assert shared_secret(tmp_path / "s") == "from-a-vault"


def test_processes_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from config.secrets import shared_secret; print(shared_secret(Path({str(tmp_path / 's')!r})))"
    processes = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(6)]

    answers = {process.communicate(timeout=30)[0].strip() for process in processes}

    assert answers == {shared_secret(tmp_path / "s")}


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff"])
def test_refuses_a_file_without_a_secret(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s").write_bytes(content)

    with pytest.raises(ConfigError, match=str(tmp_path)):
        shared_secret(tmp_path / "s")
