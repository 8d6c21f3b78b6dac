"""The security headers of every page. Built once; a response only copies them, unless its view has set one itself."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Response, g

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_COMMON = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
    ),
)
_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")
_HOST = re.compile(r"[A-Za-z0-9.-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def allow_form_redirect(redirect_uri: str) -> None:
    """Let a form of this page end at `redirect_uri`, and keep this page's address from whoever it leads to.

    Chromium checks `form-action` against every redirect that follows a POST: without this, signing in would be blocked on the
    last step, back to the client. Call it for pages shown on behalf of a client, with its (already proven) redirect URI.
    """
    g.form_target = _source(redirect_uri)


class SecurityHeaders:
    """Adds the headers to a response; `https` says whether the provider is served that way."""

    def __init__(self, *, https: bool) -> None:
        self._common = (*_COMMON, _TRANSPORT) if https else _COMMON

    def add(self, response: Response) -> None:
        """Set what the view has left open; a page that doesn't say otherwise is personal and never stored."""
        headers = response.headers
        for name, value in self._common:
            headers.add(name, value)
        target = g.get("form_target", "")
        if "Content-Security-Policy" not in headers:
            headers.add("Content-Security-Policy", _policy(target))
        if "Referrer-Policy" not in headers:
            headers.add("Referrer-Policy", "no-referrer" if target else "same-origin")
        if "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-store")


@lru_cache(maxsize=1024)
def _policy(target: str) -> str:
    return f"{_POLICY} {target}" if target else _POLICY


@lru_cache(maxsize=1024)
def _source(redirect_uri: str) -> str:
    """Return the CSP source (CSP Level 3 section 2.3.1) of an address; nothing in it can end the directive."""
    parts = urlsplit(redirect_uri)
    scheme, host = parts.scheme, parts.hostname or ""
    if not _SCHEME.fullmatch(scheme):
        raise ValueError(f"{redirect_uri!r} has no scheme")
    # An app's own scheme has no host, and CSP has no way to write an IPv6 address: the scheme has to do.
    if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return f"{scheme}:"
    return f"{scheme}://{host}:{parts.port}" if parts.port else f"{scheme}://{host}"
