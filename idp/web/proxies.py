"""Where a request really comes from, when reverse proxies stand in front. Only as many forwarded entries as configured are believed."""

from collections.abc import Mapping
from typing import Any

from config.hosts import network

__all__ = ["client_address", "network"]
_LONGEST = 64


def client_address(environ: Mapping[str, Any], trusted_proxies: int = 0) -> str:
    """Return the client's IP address from a WSGI environment, or an empty string when there is none.

    Behind `web.init_app` a Flask request's environment is already corrected: pass 0 (the default) there. The machine endpoints read
    the raw one and pass `settings.trusted_proxies`.
    """
    address = environ.get("REMOTE_ADDR") or ""
    if trusted_proxies:
        forwarded = [entry.strip() for entry in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= trusted_proxies and forwarded[-trusted_proxies]:
            address = forwarded[-trusted_proxies]
    return str(address)[:_LONGEST]
