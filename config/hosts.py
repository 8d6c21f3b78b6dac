"""Hosts: the names that a program answers to, and the network that a caller belongs to. `KnownHosts` is a WSGI middleware around all. A request for any other host is answered 421, everywhere.

So no page, mail or redirect can be made for a name that somebody else has chosen. What is asked inside, by address, is left alone:
health checks and figures. RFC 9110 section 15.5.20.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from config.shared import is_loopback

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_LONGEST = 300
_BY_ANY_NAME = ("/health/", "/metrics")
# JSON for everybody: which of its addresses are an API's isn't known here, and a person reads it too.
_TEXT = b'{"error":"misdirected_request","error_description":"This server doesn\'t answer for that host."}\n'
_STATUS = f"{HTTPStatus.MISDIRECTED_REQUEST.value} {HTTPStatus.MISDIRECTED_REQUEST.phrase}"


class KnownHosts:
    """Passes on to `app` what is for one of `addresses` (`https://login.example.org`); the port makes no difference.

    An address on loopback stands for each name that this machine has for itself. `trusted_proxies` as in the settings.
    """

    def __init__(self, app: "WSGIApplication", addresses: Iterable[str], *, trusted_proxies: int) -> None:
        self._app = app
        self._names = frozenset(urlsplit(address).hostname or "" for address in addresses)
        self._loopback = any(is_loopback(name) for name in self._names)
        self._proxies = trusted_proxies
        self.knows = lru_cache(maxsize=256)(self._knows)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or refuse."""
        if self.knows(requested_host(environ, self._proxies)) or environ["PATH_INFO"].startswith(_BY_ANY_NAME):
            return self._app(environ, start_response)
        start_response(_STATUS, [("Content-Type", "application/json"), ("Content-Length", str(len(_TEXT)))])
        return [_TEXT]

    def _knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or (self._loopback and is_loopback(name))


def requested_host(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """Return the host that was asked for, as the outermost of the trusted proxies has it."""
    if trusted_proxies and (forwarded := environ.get("HTTP_X_FORWARDED_HOST")):
        entries = forwarded.split(",")
        if len(entries) >= trusted_proxies:
            return str(entries[-trusted_proxies]).strip()[:_LONGEST]
    return str(environ.get("HTTP_HOST", ""))[:_LONGEST]


def network(address: str) -> str:
    """Return what one subscriber has: the IPv4 address itself, or the /64 of an IPv6 address; `unknown` for what is no address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
