"""Consent in the person's words: what scope values mean, where they count and for how long."""

from collections.abc import Iterable
from urllib.parse import urlsplit

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
        "pairing:read": _("See which of your customer numbers at IP offices are paired with your account"),
        "messages:write": _("Send messages to your inbox"),
        "notices:write": _("Send you e-mails and notifications through your account"),
        "notices:relay": _("Pass on what other services tell you, in their name"),
        "notices:security": _("Send you security alerts, which you can’t turn off"),
        "payments:write": _("Put payments that are due on your dashboard"),
        "widgets:write": _("Show you widgets on your dashboard"),
        "certificates:write": _("Tell your account of certificates that were issued to you"),
        "offline_access": _("Keep this access when you’re not signed in"),
    }
    return [texts.get(value, value) for value in scope]


def site(address: str) -> str:
    """Return the host of a service or an API as browsers show it; empty for an address that no website has (RFC 8252 section 7.1)."""
    return urlsplit(address).netloc
