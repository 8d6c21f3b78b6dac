"""With an https issuer, certificate and key, every program speaks TLS itself."""

import socket
import ssl
from collections.abc import Iterator

import pytest
import requests

from tests.support.certificates import Certificates
from tests.support.programs import Installation
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("tls"), certificates)
    try:
        dashboard = made.start("clients.dashboard")
        made.serve()
        dashboard.await_ready(f"https://localhost:{made.base + 1}/health/ready", verify=str(certificates.ca))
        yield made
    finally:
        made.stop()


@pytest.fixture
def visitor(certificates: Certificates) -> Iterator[Visitor]:
    with Visitor(verify=str(certificates.ca)) as made:
        yield made


def test_a_sign_in(installation: Installation, visitor: Visitor) -> None:
    dashboard = f"https://localhost:{installation.base + 1}/dashboard"
    page = visitor.sign_in(visitor.get(dashboard))
    assert page.url == dashboard
    assert "Alice Moreau" in page.text
    names = {cookie.name for cookie in visitor.session.cookies if cookie.name != "locale"}
    assert len(names) > 3
    assert all(name.startswith("__Host-") for name in names)
    for cookie in visitor.session.cookies:
        assert cookie.secure, cookie.name
        assert cookie.path == "/"
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name
        assert not cookie.domain_specified


def test_browsers_are_told_to_stay_with_it(installation: Installation, visitor: Visitor) -> None:
    for port in (installation.base, installation.base + 1):
        header = visitor.get(f"https://localhost:{port}/health/live").headers["Strict-Transport-Security"]
        assert int(header.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 3600
    document = visitor.get(f"{installation.issuer}/.well-known/openid-configuration").json()
    assert {value for value in document.values() if isinstance(value, str) and "://" in value} == {
        value for value in document.values() if isinstance(value, str) and value.startswith(installation.issuer)
    }


def test_nothing_without_tls_and_nothing_old(installation: Installation, certificates: Certificates) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://localhost:{installation.base}/health/live", timeout=5)
    with pytest.raises(requests.exceptions.SSLError):
        Visitor(verify=True).get(f"{installation.issuer}/health/live")
    context = ssl.create_default_context(cafile=str(certificates.ca))
    with (
        socket.create_connection(("localhost", installation.base), 5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ISSUER": "http://login.example.org"}, "use https, http is only for loopback"),
        ({"ISSUER": "http://localhost:8000"}, "begin it with https"),
        ({"TLS_KEY": ""}, "belong together"),
        ({"TLS_KEY": "/nowhere"}, "isn't a file"),
    ],
)
def test_what_does_not_go_together(installation: Installation, environ: dict[str, str], said: str) -> None:
    done = installation.cli("serve", **environ, IDP_PORT=str(installation.base + 9))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["idp serve", "clients.dashboard"])
def test_a_key_of_another_certificate(installation: Installation, module: str) -> None:
    other = Certificates(installation.folder / "other")
    port = str(installation.base + 9)
    program = installation.start(*module.split(), TLS_KEY=str(other.key), IDP_PORT=port, DASHBOARD_PORT=port)
    assert program.ends() == 1
    said = program.text().splitlines()[-1]
    assert "the key is the certificate's own" in said
    assert "Traceback" not in program.text()


@pytest.mark.parametrize("module", ["idp serve", "clients.dashboard"])
def test_a_port_in_use(installation: Installation, module: str) -> None:
    program = installation.start(*module.split())
    assert program.ends() == 1
    assert "is in use: stop what listens there" in program.text()
    assert "Traceback" not in program.text()
