"""Files of an installation: nobody but its own user reads databases, logs and DATA_DIR (0600 and 0700), and keys that others can read are refused."""

import os
import stat
from pathlib import Path

from config.errors import ConfigError

_MOUNTED = Path("/run/secrets")
"""Where containers find their secrets: files that look open, in a file system that nobody else sees."""
_OTHERS = stat.S_IRWXO | stat.S_IWGRP
_NOT_OURS = stat.S_IRWXG | stat.S_IRWXO


def keep_private(data_dir: Path, database_url: str = "") -> None:
    """Let what this process and those that it starts create be its user's alone, and close what earlier versions have left open.

    Files of another user are left alone: there it is their matter. Raises ConfigError for keys that others can read.
    """
    for folder in (data_dir / "keys", data_dir / "secrets"):
        for one in folder.rglob("*"):
            if one.is_file() and one.suffix != ".crt":
                check_private(one)
    os.umask(_NOT_OURS)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close(data_dir)
    databases = [data_dir]
    if database_url.startswith("sqlite:///"):
        databases.append(Path(database_url.removeprefix("sqlite:///")))
    for path in databases:
        beside = path.glob("*.db*") if path.is_dir() else path.parent.glob(f"{path.name}*")
        for one in beside:
            _close(one)
    for folder in (data_dir / "logs", data_dir / "mail"):
        if folder.is_dir():
            for one in (folder, *folder.iterdir()):
                _close(one)


def check_private(path: Path) -> Path:
    """Return the path of a key or secret. Raises ConfigError when others on this machine can read or change it, OSError when it isn't there."""
    if path.stat().st_mode & _OTHERS and path.parent.stat().st_mode & stat.S_IXOTH and path.parent != _MOUNTED:
        raise ConfigError(
            f"{path} can be read by others on this machine: run `chmod 600 {path}`, and replace what is in it if it was open for long."
        )
    return path


def _close(path: Path) -> None:
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & _NOT_OURS:
        path.chmod(found.st_mode & ~_NOT_OURS & 0o777)
