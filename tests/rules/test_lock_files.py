"""What is installed is what was locked, whatever was published since, with the oldest pip that README promises."""

import base64
import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.rules.files import ROOT

_OLDEST_PIP = "22.3"
"""Comes with Python 3.11.0; each later Python brings a later one, which is then the oldest for it."""
_LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture(scope="session", params=["3.11", "3.12", "3.13", "3.14"])
def oldest_pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty environment's Python with the oldest pip for it."""
    python = _interpreter(request.param)
    if python is None:
        pytest.skip(f"Python {request.param} isn't installed here")
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([python, "-m", "venv", folder], check=True)
    if request.param == "3.11":
        subprocess.run([folder / "bin/pip", "install", "--quiet", f"pip=={_OLDEST_PIP}"], check=True)
    return folder / "bin/python"


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_newer_release_of_anything_is_never_asked_for(oldest_pip: Path, lock: str, tmp_path: Path) -> None:
    """Resolve the lock in an index of its own, where every package also has a release that came out tomorrow."""
    pinned = _stand_ins(_requirements(lock), tmp_path / "index")
    (tmp_path / lock).write_text("\n".join(pinned))
    command = [oldest_pip, "-I", "-m", "pip", "install", "--dry-run", "--no-index", "--find-links", tmp_path / "index"]
    done = subprocess.run(
        [*command, "--require-hashes", "-r", tmp_path / lock], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Would install" in done.stdout


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_its_hash(file: str) -> None:
    commands = re.findall(r"pip install .*", (ROOT / file).read_text())
    assert commands
    for command in commands:
        assert "--require-hashes" in command or {"--no-deps", "--no-build-isolation"} <= set(command.split()), command


def _interpreter(version: str) -> str | None:
    if sys.version.startswith(f"{version}."):
        return sys.executable
    found = [*Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")]
    return str(found[0]) if found else shutil.which(f"python{version}")


def _requirements(lock: str) -> list[Requirement]:
    lines = (ROOT / lock).read_text().splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z]", line)]


def _stand_ins(requirements: list[Requirement], index: Path) -> list[str]:
    """Fill an index with empty wheels that ask for what the real ones ask for; return the lock with their hashes."""
    index.mkdir()
    pinned = []
    for each in requirements:
        version = str(each.specifier).removeprefix("==")
        digest = _wheel(index, each.name, version)
        _wheel(index, each.name, f"{version.split('.')[0]}.9999")
        marker = f" ; {each.marker}" if each.marker else ""
        extras = f"[{','.join(sorted(each.extras))}]" if each.extras else ""
        pinned.append(f"{each.name}{extras}=={version}{marker} --hash=sha256:{digest}")
    return pinned


def _wheel(index: Path, name: str, version: str) -> str:
    try:
        real = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:  # of another system or another Python
        real = Message()
    wanted = [
        f"{field}: {value}" for field in ("Requires-Dist", "Provides-Extra") for value in real.get_all(field) or ()
    ]
    safe = re.sub(r"[-_.]+", "_", name)
    info = f"{safe}-{version}.dist-info"
    files = {
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *wanted, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    path = index / f"{safe}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(inside, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
