"""The demo profile's mail server: takes everything over SMTP on loopback and keeps it as files. Nothing is ever passed on."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

_STORED = "250 2.0.0 Kept"


class MailFolder:
    """Mail as `.eml` files, named by the time they came and by their Message-ID."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    def keep(self, content: bytes) -> bool:
        """Write a mail; False: one with that Message-ID is there already (a delivery that was repeated after a crash)."""
        identity = message_from_bytes(content, policy=policy.default)["Message-ID"] or content
        name = hashlib.sha256(identity if isinstance(identity, bytes) else str(identity).encode()).hexdigest()[:24]
        if next(self._folder.glob(f"*-{name}.eml"), None):
            return False
        target = self._folder / f"{time.time_ns() // 1_000_000:015d}-{name}.eml"
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.rename(target)
        return True

    def names(self) -> Sequence[str]:
        """Return the names of all mails, newest first."""
        return sorted((path.stem for path in self._folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage | None:
        """Return one mail, if there is one of that name."""
        path = self._folder / f"{name}.eml"
        if path.parent != self._folder or not path.is_file():
            return None
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        return message


class _Keeper:
    """aiosmtpd's handler."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's names
        await asyncio.to_thread(self._folder.keep, envelope.content)
        return _STORED


def serve(folder: MailFolder, *, host: str, port: int) -> Controller:
    """Start the server in a thread of its own; the caller stops it with `.stop()`."""
    controller = Controller(_Keeper(folder), hostname=host, port=port, enable_SMTPUTF8=True)
    controller.start()
    return controller
