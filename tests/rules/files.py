"""What is in the repository, for the rules that look at all of it."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "keys", "idp", "clients")


@cache
def committed() -> tuple[Path, ...]:
    """Return the files that are committed or about to be; outside a git repository, all that aren't made by tools."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        files = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        files = [
            path
            for path in ROOT.rglob("*")
            if not {".venv", "var", "node_modules", "__pycache__", "vendor"}.intersection(path.parts)
        ]
    return tuple(path for path in files if path.is_file())


def of_ours(suffix: str) -> list[Path]:
    """Return the product's own files, tests left out."""
    return [path for path in committed() if path.suffix == suffix and path.relative_to(ROOT).parts[0] in PACKAGES]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
