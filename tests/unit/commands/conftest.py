"""The command line in the test's own process, on a folder of its own."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idp.cli import main


class CommandLine:
    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        cleared = dict.fromkeys(("DATABASE_URL", "ISSUER", "CONFIG_FILE", "TLS_CERT", "TLS_KEY", "PORT_BASE"))
        self.environ = {**cleared, "PROFILE": "test", "DATA_DIR": str(folder), **environ}

    def run(self, *arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(main, arguments, env={**self.environ, **environ}, prog_name="idp")

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        assert done.stderr == ""
        return json.loads(done.stdout)

    def refusal(self, *arguments: str, **environ: str) -> str:
        """Return the sentence with which a command ends."""
        done = self.run(*arguments, **environ)
        assert done.exit_code != 0
        # Anything else would have been shown as a stack trace.
        assert isinstance(done.exception, SystemExit), done.exception
        assert done.stdout == ""
        return done.stderr.rpartition("Error: ")[2].strip()


@pytest.fixture
def idp(tmp_path: Path, key_folder: Path) -> CommandLine:
    shutil.copytree(key_folder, tmp_path / "keys")
    return CommandLine(tmp_path)
