"""Registering widgets: what a service may register, and what people are offered of it."""

import re
from collections.abc import Callable, Mapping, Sequence

from flask import g
from pydantic import ValidationError

from clients.dashboard.board.layout import KEY
from clients.dashboard.widgets.contract import Manifest
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.registered import store
from clients.dashboard.widgets.registered.wire import NewWidget
from clients.dashboard.widgets.registry import Offered
from clients.dashboard.widgets.remote import remote

MOST = 20
"""Widgets of one service."""


class UnacceptableError(Exception):
    """The widget can't be registered; `errors` are fields with a sentence each."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class Registered:
    """The use cases. `apis` are those that the portal may ask tokens for, with their scopes; `names` what people call services."""

    def __init__(
        self,
        apis: Mapping[str, Sequence[str]],
        names: Mapping[str, str],
        gate: Gate,
        clock: Callable[[], int],
    ) -> None:
        self._apis = apis
        self._names = names
        self._gate = gate
        self._clock = clock

    def offered(self) -> Sequence[Offered]:
        """Return all that can be shown, for boards and side panel; looked up once for a page."""
        if "registered_widgets" not in g:
            found = [
                Offered(
                    f"{row.service}.{row.id}", remote(manifest, self._gate), self._names.get(row.service, row.service)
                )
                for row in store.list_all()
                if (manifest := _read(row.manifest)) and self._may(manifest.resource, manifest.scopes)
            ]
            g.registered_widgets = found
        offered: Sequence[Offered] = g.registered_widgets
        return offered

    def of(self, service: str) -> list[Manifest]:
        """Return what a service has registered."""
        return [manifest for row in store.list_of(service) if (manifest := _read(row.manifest))]

    def put(self, service: str, widget_id: str, widget: NewWidget) -> Manifest:
        """Register a widget, or change it; raises UnacceptableError."""
        if not re.fullmatch(KEY, f"{service}.{widget_id}"):
            raise UnacceptableError([("id", "A service of that client_id can’t register widgets.")])
        if widget.resource not in self._apis:
            known = " or ".join(sorted(self._apis)) or "none"
            raise UnacceptableError(
                [
                    (
                        "resource",
                        f"The portal may not ask for tokens for this API, only for {known}: its operator can add it.",
                    )
                ]
            )
        if not self._may(widget.resource, widget.scopes):
            allowed = ", ".join(self._apis[widget.resource]) or "none"
            raise UnacceptableError([("scopes", f"For this API the portal may ask for these scopes only: {allowed}.")])
        manifest = Manifest(id=widget_id, **widget.model_dump())
        if not store.put(service, widget_id, manifest.model_dump_json(), self._clock(), most=MOST):
            raise UnacceptableError([("id", f"A service has at most {MOST} widgets: delete one first.")])
        g.pop("registered_widgets", None)
        return manifest

    def remove(self, service: str, widget_id: str) -> bool:
        """Take a widget away from everybody; False when the service has none of that name."""
        g.pop("registered_widgets", None)
        return store.remove(service, widget_id)

    def _may(self, resource: str, scopes: Sequence[str]) -> bool:
        return bool(scopes) and resource in self._apis and set(scopes) <= set(self._apis[resource])


def _read(text: str) -> Manifest | None:
    try:
        return Manifest.model_validate_json(text)
    except ValidationError:
        # Registered under rules that have become narrower.
        return None
