"""What a scope value means, in the person's words."""

from collections.abc import Iterable

from flask_babel import gettext as _


def describe(scope: Iterable[str]) -> list[str]:
    """Return a line for each value that lets a service see or do something; one that we don't know stands for itself."""
    texts = {
        "openid": _("Know that it’s you"),
        "profile": _("See your name, username and language"),
        "email": _("See your e-mail address"),
        "address": _("See your postal address"),
        "phone": _("See your phone number"),
        "roles": _("See your roles, such as officer or administrator"),
        "filing:read": _("See your draft applications"),
        "filing:write": _("Create, change and delete your draft applications"),
        "offline_access": _("Keep this access when you’re not signed in"),
    }
    return [texts.get(value, value) for value in scope]
