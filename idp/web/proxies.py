"""Where a request really comes from, when reverse proxies stand in front. Only as many forwarded entries as configured are believed."""

import ipaddress
from collections.abc import Mapping
from typing import Any


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
    return str(address)


def network(address: str) -> str:
    """Return what one subscriber has: the IPv4 address itself, or the /64 of an IPv6 address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
