"""What the address that asks for certificates answers over HTTP: one path, always a redirect. No page, no cookie, no session.

It stands behind the provider's own TLS listener (`listener`), or behind a reverse proxy that hands the certificate over in a header.
That header is believed only from the proxies that the settings name, by the address that the connection really comes from.
"""

import ipaddress
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509

from config.parsing import PARSER_ERRORS
from idp.accounts.notices import Where
from idp.factors.certificate.service import PATH
from idp.factors.certificate.showing import Showing
from idp.web import client_address

Answer = tuple[HTTPStatus, str]
"""A status, and for redirects where they lead."""
HEADER = "X-Client-Certificate"
_VARIABLE = "HTTP_X_CLIENT_CERTIFICATE"
_LONGEST_TICKET = 128
_LARGEST_CERTIFICATE = 32 * 1024
_log = logging.getLogger(__name__)


class Door:
    """Answers. `host` is the address's, `trusted_proxies` as in the provider's settings."""

    def __init__(
        self, showing: Showing, *, address: str, proxies: Sequence[IPv4Network | IPv6Network], trusted_proxies: int
    ) -> None:
        self.showing = showing
        self._host = urlsplit(address).netloc
        self._proxies = tuple(proxies)
        self._trusted_proxies = trusted_proxies

    def answer(
        self,
        method: str,
        path: str,
        certificate: x509.Certificate | bytes | None,
        where: Where,
        *,
        forged: bool = False,
    ) -> Answer:
        """Answer a request that has come with this certificate."""
        ticket = path.removeprefix(PATH)
        if not path.startswith(PATH) or not ticket.isascii() or not 0 < len(ticket) <= _LONGEST_TICKET or "/" in ticket:
            return HTTPStatus.NOT_FOUND, ""
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, ""
        if forged:
            _log.warning("a request from %s names a certificate in a header that isn't believed from there", where.ip)
        return HTTPStatus.SEE_OTHER, self.showing.show(ticket, certificate, where, forged=forged)

    def takes(self, environ: Mapping[str, Any]) -> bool:
        """Tell whether a request to the provider's own web server is for this door. Without proxies in the settings, none is."""
        if not str(environ["PATH_INFO"]).startswith(PATH):
            return False
        return bool(self._proxies) or _VARIABLE in environ

    def forwarded(self, environ: Mapping[str, Any]) -> Answer:
        """Answer a request that a proxy has passed on, or that pretends so. `environ` is as it came, before anything corrects it."""
        where = Where(client_address(environ, self._trusted_proxies) or None, environ.get("HTTP_USER_AGENT"))
        sent = str(environ.get(_VARIABLE, ""))
        believed = self._is_proxy(str(environ.get("REMOTE_ADDR", ""))) and environ.get("HTTP_HOST") == self._host
        if not believed and not sent:
            return HTTPStatus.NOT_FOUND, ""
        method, path = str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"])
        return self.answer(method, path, _read(sent) if believed else None, where, forged=not believed)

    def _is_proxy(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return any(ip in network for network in self._proxies)


def _read(sent: str) -> x509.Certificate | bytes | None:
    """Return the certificate that a proxy has written as PEM, percent-encoded; bytes when it can't be read, None for none."""
    if not sent:
        return None
    pem = unquote(sent).encode("ascii", "replace")
    try:
        return x509.load_pem_x509_certificate(pem) if len(pem) <= _LARGEST_CERTIFICATE else pem
    except PARSER_ERRORS:
        return pem
