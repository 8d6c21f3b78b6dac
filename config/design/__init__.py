"""The page frame: one design for the provider and for every relying party.

It lives in `config` because both sides build on it and may not import each other; moving from one service to another then feels
like one site. Here are base templates (`design/frame.html`, `design/card.html`), form macros, the theme, small ES modules and the
choice of language. It needs no session and no user object: a template variable `person` (a `Person`) is shown when there is one.
No page of any service, no text about any service's subject, belongs here.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from config.design.parts import Links, MenuItem, Person

if TYPE_CHECKING:
    from flask import Flask

    from config.design.brand import Look

__all__ = ["Links", "MenuItem", "Person", "register"]


def register(
    app: "Flask",
    *,
    brand: "Look",
    links: Links,
    languages: Sequence[str],
    service: str = "",
    preferred: Callable[[], str | None] | None = None,
) -> None:
    """Give `app` the frame: templates, `/design/…` assets, languages and the templates' globals.

    `service` stands beside the logo (default: the organization); `languages` are the tags a person may choose from, the default one
    first; `preferred` answers the signed-in person's own language, if any. Raises RuntimeError when the framework's style sheet
    has not been built (`python -m config.design.build`).
    """
    # Imported on use: the build step runs on every `make` target, lives in this package and must not pay for Flask.
    from config.design.frame import install  # noqa: PLC0415

    install(app, brand=brand, links=links, languages=languages, service=service, preferred=preferred)
