"""Secrets that programs of one installation share through a file: made by whichever of them starts first."""

import os
import secrets
from pathlib import Path

from config.errors import ConfigError
from config.files import check_private

ENTROPY_BYTES = 32


def shared_secret(path: Path) -> str:
    """Return the secret in `path`, making it first when there is none: 256 bits as base64url, mode 0600, in a folder of mode 0700.

    Processes that start at once get the same one. Raises ConfigError when the file can't be read, is empty, or is open to others.
    """
    try:
        if not path.exists():
            _create(path, secrets.token_urlsafe(ENTROPY_BYTES))
        text = check_private(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Can't read the secret in {path} ({error}): check its owner and its mode.") from error
    if not text:
        raise ConfigError(
            f"The secret in {path} is empty: delete the file to have a new one made, or write one into it."
        )
    return text


def _create(path: Path, text: str) -> None:
    """Create `path` with its content in one step; whoever comes second keeps the first one's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Not O_EXCL on `path` itself: another process could read it between its creation and the writing.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
