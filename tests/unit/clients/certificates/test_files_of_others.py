"""The pages' modules, run by Node.js: key files that other programs made are opened or refused for the right reason."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clients import certificates
from tests.support.node import node

MODULES = Path(certificates.__file__).parent / "static"
SCRIPT = Path(__file__).parent / "open_file.mjs"
PASSWORD = "Clé à molette 密"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a key and its certificate, of either kind."""
    made = tmp_path_factory.mktemp("files")
    for kind, how in (("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]), ("rsa", ["rsa:3072"])):
        command = ["openssl", "req", "-x509", "-nodes", "-utf8", "-subj", "/CN=Zoë Владимир", "-newkey", *how]
        run(*command, "-keyout", f"{kind}.key", "-out", f"{kind}.crt", cwd=made)
    return made


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


def export(folder: Path, kind: str, *more: str, certificate: str = "") -> Path:
    names = [
        "-inkey",
        f"{kind}.key",
        "-in",
        f"{certificate or kind}.crt",
        "-name",
        "Zoë",
        "-passout",
        f"pass:{PASSWORD}",
    ]
    run("openssl", "pkcs12", "-export", *names, "-out", "out.pfx", *more, cwd=folder)
    return folder / "out.pfx"


def opened(file: Path, password: str = PASSWORD) -> Any:
    command = [*node(SCRIPT), str(MODULES), str(file), password]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ec", []),
        ("rsa", []),
        ("rsa", ["-legacy", "-descert"]),
        ("ec", ["-keypbe", "aes-128-cbc", "-certpbe", "NONE", "-macalg", "sha1"]),
        ("ec", ["-nomac"]),
    ],
)
def test_files_of_openssl(folder: Path, kind: str, more: list[str]) -> None:
    file = export(folder, kind, *more)
    assert opened(file)["own"] == "Zoë Владимир"
    assert opened(file, "wrong") == {"error": "WrongPasswordError"}


def test_files_of_nss(folder: Path, tmp_path: Path) -> None:
    file, database = export(folder, "ec"), f"sql:{tmp_path}"
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    run("certutil", "-N", "-d", database, "--empty-password", cwd=tmp_path)
    for more in (["-i", str(file)], ["-o", "nss.p12", "-n", "Zoë"]):
        command = ["pk12util", "-d", database, "-K", "", "-W", PASSWORD, *more]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=environment)
    assert opened(tmp_path / "nss.p12")["own"] == "Zoë Владимир"


def test_files_that_are_no_good(folder: Path, tmp_path: Path) -> None:
    run("openssl", "req", "-x509", "-new", "-key", "rsa.key", "-subj", "/CN=Other", "-out", "other.crt", cwd=folder)
    assert opened(export(folder, "ec", "-legacy")) == {"error": "UnknownMethodError"}
    whole = export(folder, "ec").read_bytes()
    broken = tmp_path / "broken.pfx"
    for content in (
        b"",
        b"no such file",
        whole[:200],
        whole + b"x",
        b"\x30\x80" * 500,
        (folder / "ec.crt").read_bytes(),
    ):
        broken.write_bytes(content)
        assert opened(broken) == {"error": "MalformedError"}
    for at in (len(whole) // 2, len(whole) - 60):
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert opened(broken)["error"] in {"WrongPasswordError", "MalformedError"}
