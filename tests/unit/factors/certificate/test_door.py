"""A certificate in a header is believed from the proxies of the settings, at the right host, and from nobody else."""

from http import HTTPStatus
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from idp.factors.certificate.door import Door
from tests.support.client_certificates import CertificateOffice
from tests.support.clock import TurnedClock

SECRET = "0123456789abcdef" * 4


class Showing:
    def __init__(self) -> None:
        self.shown: list[tuple[str, Any, str | None, bool]] = []

    def show(self, ticket: str, certificate: Any, where: Any, *, forged: bool = False) -> str:
        self.shown.append((ticket, certificate, where.ip, forged))
        return "https://login.example/back"


@pytest.fixture
def showing() -> Showing:
    return Showing()


@pytest.fixture
def door(showing: Showing) -> Door:
    networks = (ip_network("10.0.0.2/32"), ip_network("fd00::/64"))
    return made(showing, networks)


def made(showing: Showing, networks: Any = (), trusted_proxies: int = 1, secret: str = SECRET) -> Door:
    return Door(
        showing,  # type: ignore[arg-type]
        address="https://mtls.example",
        proxies=networks,
        proxy_secret=secret,
        trusted_proxies=trusted_proxies,
    )


def environ(**changes: str) -> dict[str, str]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/certificate/ticket",
        "REMOTE_ADDR": "10.0.0.2",
        "HTTP_HOST": "mtls.example",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
    } | changes


@pytest.fixture
def header(tmp_path: Path, clock: TurnedClock) -> str:
    with CertificateOffice(tmp_path, clock) as office:
        return f"{SECRET} {quote(office.issue('https://login.example', 'a').pem)}"


@pytest.mark.parametrize("address", ["10.0.0.2", "::ffff:10.0.0.2", "fd00::7"])
def test_the_proxy(door: Door, showing: Showing, header: str, address: str) -> None:
    asked = environ(HTTP_X_CLIENT_CERTIFICATE=header, REMOTE_ADDR=address)
    assert door.takes(asked)
    assert door.forwarded(asked) == (HTTPStatus.SEE_OTHER, "https://login.example/back")
    ((ticket, certificate, ip, forged),) = showing.shown
    assert (ticket, ip, forged) == ("ticket", "192.0.2.7", False)
    assert certificate.subject.rfc4514_string().endswith("CN=Alice Moreau") or "Alice Moreau" in str(
        certificate.subject
    )


@pytest.mark.parametrize(
    "changes",
    [{"REMOTE_ADDR": "10.0.0.3"}, {"REMOTE_ADDR": ""}, {"REMOTE_ADDR": "unix"}, {"HTTP_HOST": "login.example"}],
)
def test_nobody_else(door: Door, showing: Showing, header: str, changes: dict[str, str]) -> None:
    assert door.forwarded(environ(HTTP_X_CLIENT_CERTIFICATE=header, **changes))[0] is HTTPStatus.SEE_OTHER
    assert [(certificate, forged) for _, certificate, _, forged in showing.shown] == [(None, True)]
    assert door.forwarded(environ(**changes))[0] is HTTPStatus.NOT_FOUND
    assert len(showing.shown) == 1


@pytest.mark.parametrize("sent", ["nonsense", "-----BEGIN%20CERTIFICATE-----", "ä", "A" * 40_000])
def test_what_cannot_be_read_is_no_missing_certificate(door: Door, showing: Showing, sent: str) -> None:
    door.forwarded(environ(HTTP_X_CLIENT_CERTIFICATE=f"{SECRET} {sent}"))
    assert isinstance(showing.shown[0][1], bytes)


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], f"{SECRET}0"])
def test_a_certificate_without_the_proxy_s_secret_is_a_stranger_s(
    door: Door, showing: Showing, header: str, secret: str
) -> None:
    """As `X_Client_Certificate` it comes in the place of what the proxy has written, from the proxy's address."""
    sent = header.replace(SECRET, secret).strip()
    assert door.forwarded(environ(HTTP_X_CLIENT_CERTIFICATE=sent))[0] is HTTPStatus.SEE_OTHER
    assert [(certificate, forged) for _, certificate, _, forged in showing.shown] == [(None, True)]


@pytest.mark.parametrize("form", ["pem", "spaces", "base64", "rfc9440"])
def test_every_proxy_s_way_to_write_a_certificate(door: Door, showing: Showing, header: str, form: str) -> None:
    pem = unquote(header.partition(" ")[2]).strip()
    inside = "".join(pem.splitlines()[1:-1])
    sent = {"pem": quote(pem), "spaces": pem.replace("\n", " "), "base64": inside, "rfc9440": f":{inside}:"}[form]
    door.forwarded(environ(HTTP_X_CLIENT_CERTIFICATE=f"{SECRET} {sent}"))
    assert not isinstance(showing.shown[0][1], bytes | None)
    assert not showing.shown[0][3]


def test_no_certificate(door: Door, showing: Showing) -> None:
    door.forwarded(environ())
    assert showing.shown == [("ticket", None, "192.0.2.7", False)]


def test_other_paths_are_none_of_its_business(door: Door, showing: Showing, header: str) -> None:
    assert not door.takes(environ(PATH_INFO="/account", HTTP_X_CLIENT_CERTIFICATE=header))
    unused = made(showing, trusted_proxies=0, secret="")
    assert not unused.takes(environ())
    assert unused.takes(environ(HTTP_X_CLIENT_CERTIFICATE=header)), "it is refused, and recorded"
    unused.forwarded(environ(HTTP_X_CLIENT_CERTIFICATE=header))
    assert showing.shown[0][3]
