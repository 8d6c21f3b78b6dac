"""What the views of a relying party work with, built once by `clients.sso.app`."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from clients.sso.crypto import Box
from clients.sso.sessions import Sessions
from config.settings import RelyingPartySettings

if TYPE_CHECKING:
    from clients.sso.provider import Provider


class Parts:
    """The settings and the objects that live as long as the program. `clock` returns seconds since the epoch."""

    def __init__(
        self,
        app: Flask,
        settings: RelyingPartySettings,
        *,
        home: str,
        sessions: Sessions,
        form_box: Box,
        token_box: Box,
        clock: Callable[[], float],
        scope: Sequence[str] = (),
    ) -> None:
        self.settings = settings
        self.home = home
        self.sessions = sessions
        self.form_box = form_box
        self.token_box = token_box
        self.clock = clock
        self._app = app
        self._scope = scope

    @cached_property
    def provider(self) -> "Provider":
        """The conversation with the provider, from the first time that there is one."""
        # Authlib and requests are a third of the time to start, and no page needs them before somebody signs in.
        from clients.sso.provider import Provider  # noqa: PLC0415

        return Provider(self._app, self.settings, self.clock, scope=self._scope)


def parts() -> Parts:
    """Return those of the current app."""
    return cast("Parts", current_app.extensions["sso"])
