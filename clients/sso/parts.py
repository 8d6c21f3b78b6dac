"""What the views of a relying party work with, built once by `clients.sso.app`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from clients.sso.provider import Provider
from clients.sso.sessions import Sessions
from config.settings import RelyingPartySettings


@dataclass(frozen=True, slots=True)
class Parts:
    """The settings and the objects that live as long as the program. `clock` returns seconds since the epoch."""

    settings: RelyingPartySettings
    home: str
    provider: Provider
    sessions: Sessions
    clock: Callable[[], float]


def parts() -> Parts:
    """Return those of the current app."""
    return cast("Parts", current_app.extensions["sso"])
