"""What a program hands to the frame: where its footer leads, and who is signed in. Values only, no Flask."""

from collections.abc import Sequence
from typing import NamedTuple


class Links(NamedTuple):
    """Addresses of the pages that every page leads to; the provider serves them, a relying party names them absolutely."""

    help: str
    contact: str
    privacy: str
    cookies: str
    terms: str
    accessibility: str
    scams: str

    @classmethod
    def under(cls, base: str = "") -> "Links":
        """Return the links of the provider at `base` (an origin without a trailing slash; empty inside the provider)."""
        return cls(help=f"{base}/help", **{name: f"{base}/help/{name}" for name in cls._fields if name != "help"})


class MenuItem(NamedTuple):
    """One line of the person's menu. `post` makes it a button in a form of its own, which is what signing out needs.

    `note` stands beside the label: how much waits there.
    """

    label: str
    url: str
    icon: str = ""
    post: bool = False
    id: str = ""
    note: str = ""


class Person(NamedTuple):
    """Who is signed in: the name in the upper corner and the menu behind it; `note` stands beside the name."""

    name: str
    menu: Sequence[MenuItem] = ()
    note: str = ""
