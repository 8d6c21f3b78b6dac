"""What the address that asks for certificates answers over HTTP: one path, always a redirect. No page, no cookie, no session.

It stands behind the provider's own TLS listener (`listener`), or behind a reverse proxy that hands the certificate over in a header.
That header is believed only from the proxies that the settings name, by the address that the connection really comes from.
"""

import hmac
import ipaddress
import logging
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509

from config.hosts import requested_host
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
_PEM = re.compile("-----(?:BEGIN|END) CERTIFICATE-----")
_log = logging.getLogger(__name__)


class Door:
    """Answers. `address` is where certificates are asked for, the others are as in the provider's settings."""

    def __init__(
        self,
        showing: Showing,
        *,
        address: str,
        proxies: Sequence[IPv4Network | IPv6Network],
        proxy_secret: str,
        trusted_proxies: int,
    ) -> None:
        self.showing = showing
        self._secret = proxy_secret.encode()
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
        shown = sent = str(environ.get(_VARIABLE, ""))
        host = requested_host(environ, self._trusted_proxies)
        believed = self._is_proxy(str(environ.get("REMOTE_ADDR", ""))) and host == self._host
        if believed and sent and self._secret:
            # In one value with the certificate. To this server `X_Client_Certificate` is the same variable as the proxy's own header and
            # may take its place, so a secret in another header would only prove that a proxy was there.
            secret, _, shown = sent.partition(" ")
            believed = hmac.compare_digest(secret.encode(), self._secret)
        if not believed and not sent:
            return HTTPStatus.NOT_FOUND, ""
        method, path = str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"])
        return self.answer(method, path, _read(shown) if believed else None, where, forged=not believed)

    def _is_proxy(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return any(ip in network for network in self._proxies)


def _read(sent: str) -> x509.Certificate | bytes | None:
    """Return the certificate that a proxy has written; bytes when it can't be read, None for none.

    As PEM, percent-encoded (nginx, Envoy) or with spaces for its line breaks (Apache), or as DER in base64 (Caddy, HAProxy; RFC 9440 puts
    colons around it).
    """
    text = unquote(sent).strip()
    # What Apache and Caddy write where there is none.
    if not text or text == "(null)" or text.startswith("{http."):
        return None
    if len(text) > _LARGEST_CERTIFICATE:
        return b"?"
    inside = _PEM.sub("", text).strip(":")
    try:
        return x509.load_der_x509_certificate(b64decode("".join(inside.split()), validate=True))
    except PARSER_ERRORS:
        return b"?"
