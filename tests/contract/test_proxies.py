"""Real proxies in front, set up as docs/proxies.md says: nobody signs in with a certificate that is only public, or from an address that isn't theirs."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from config.settings import load_provider
from idp.app import Core, build_core
from keys import local_tls
from tests.support.client_certificates import CertificateOffice, Held, show
from tests.support.programs import ROOT, Installation, Program, bare_environment, until

SECRET = "5ec2e7" * 8
STRANGER = "203.0.113.9"


class Proxied:
    """The provider behind a proxy on this machine, which listens where certificates are asked for."""

    def __init__(self, folder: Path) -> None:
        proxies = {"IDP_STRONG__CERTIFICATE__PROXIES": "127.0.0.1", "IDP_STRONG__CERTIFICATE__PROXY_SECRET": SECRET}
        self.installation = Installation(folder, IDP_TRUSTED_PROXIES="1", **proxies)
        self.folder = folder
        self.port = self.installation.base + 10
        self.certificate, self.key = local_tls.ensure(folder / "tls", now=int(time.time()))
        self.installation.serve()
        self.core: Core = build_core(load_provider(self.installation.environ))
        self.proxies: list[Program] = []

    def start(self, command: list[str]) -> None:
        program = Program(command, bare_environment(XDG_DATA_HOME=str(self.folder)), self.folder / "proxy.log")
        self.proxies.append(program)
        program.await_ready(f"https://localhost:{self.port}/health/live", verify=str(self.certificate))

    def stop(self) -> None:
        for one in self.proxies:
            one.kill()
        self.core.database.close()
        self.installation.stop()

    def configuration(self, name: str) -> str:
        """Return the example of docs/proxies.md, for this installation."""
        text = (ROOT / "docs/proxies.md").read_text()
        found = re.search(rf"^```{name}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        assert found, name
        example = found[1].replace("certificate-login.example.org", f"localhost:{self.port}")
        for ours, theirs in (
            ("SECRET", SECRET),
            ("127.0.0.1:8000", f"127.0.0.1:{self.installation.base}"),
            ("/etc/ssl/login.crt", str(self.certificate)),
            ("/etc/ssl/login.key", str(self.key)),
        ):
            assert ours in example
            example = example.replace(ours, theirs)
        return example

    def shows(self, held: Held | None, **headers: str) -> str:
        """Ask for a certificate; return what was found wrong with it, and from which address the trail says that it came."""
        account = self.core.database.read().one("SELECT id FROM account LIMIT 1")
        assert account
        url = self.core.strong.certificates.method.way(secrets.token_hex(8), account["id"])
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        assert show(url, held, headers=lines).status == 303

        def recorded() -> object:
            sql = "SELECT refused FROM certificate_sign_in WHERE used_at IS NOT NULL ORDER BY used_at DESC, expires_at"
            return [row["refused"] for row in self.core.database.read().all(sql)]

        (trail,) = self.core.database.read().all(
            "SELECT ip, detail FROM audit_event WHERE event = 'certificate.refused' ORDER BY seq DESC LIMIT 1"
        )
        until(recorded, "the result")
        found = re.search(r'"reason":"(\w+)"', trail["detail"])
        assert found
        return f"{found[1]} from {trail['ip']}"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    made = Proxied(tmp_path_factory.mktemp("proxied"))
    yield made
    made.stop()


@pytest.fixture(scope="module", params=["caddyfile", "caddyfile, bare", "nginx"])
def behind(request: pytest.FixtureRequest, proxied: Proxied) -> Iterator[str]:
    name = request.param
    text = proxied.configuration(name.partition(",")[0])
    if name == "nginx":
        _start_nginx(proxied, text)
    else:
        if "bare" in name:
            # As many installations have it: nothing takes names with underscores away.
            assert "request_header -X_*" in text
            text = text.replace("request_header -X_*", "")
        file = proxied.folder / "Caddyfile"
        file.write_text("{\nadmin off\nauto_https off\n}\n" + text)
        proxied.start([shutil.which("caddy") or "caddy", "run", "--config", str(file), "--adapter", "caddyfile"])
    yield name
    proxied.proxies.pop().kill()


def _start_nginx(proxied: Proxied, server: str) -> None:
    folder = proxied.folder
    server = re.sub(r"listen 443 ssl;", f"listen {proxied.port} ssl;", server)
    server = re.sub(r"server_name \S+;", "server_name localhost;", server)
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{path}_temp_path {folder}/{path};\n" for path in paths)
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log stderr warn;\nworker_processes 1;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{}}\nhttp {{\naccess_log off;\n{temporary}\n{server}\n}}\n"
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    proxied.start([nginx, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")])


def test_a_public_certificate_does_not_sign_in_without_its_key(behind: str, proxied: Proxied, tmp_path: Path) -> None:
    with CertificateOffice(tmp_path, lambda: int(time.time())) as office:
        held = office.issue(proxied.installation.issuer, "somebody")
        known = "other_authority from 127.0.0.1"
        assert proxied.shows(held) == known, "whoever has the key shows the certificate"
        assert proxied.shows(None) == "none from 127.0.0.1"
        inside = "".join(held.pem.splitlines()[1:-1])
        for written in (quote(held.pem), inside, f"x {inside}", f"{'0' * len(SECRET)} {inside}"):
            for name in (
                "X-Client-Certificate",
                "X_Client_Certificate",
                "x_client-certificate",
                "X-Client_Certificate",
            ):
                refused = proxied.shows(None, **{name: written})
                assert refused in {"none from 127.0.0.1", "forged from 127.0.0.1"}, name
                assert proxied.shows(held, **{name: written}) in {known, "forged from 127.0.0.1"}


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For", "X-Forwarded_For"])
def test_nobody_comes_from_an_address_that_is_not_theirs(behind: str, proxied: Proxied, name: str) -> None:
    if "bare" in behind and "_" in name:
        pytest.skip("the proxy has to take it away: docs/proxies.md")
    assert proxied.shows(None, **{name: STRANGER}) == "none from 127.0.0.1"


def test_figures_are_not_everybody_s_because_the_proxy_is_on_this_machine(behind: str, proxied: Proxied) -> None:
    for address in (f"https://localhost:{proxied.port}", f"http://127.0.0.1:{proxied.installation.base}"):
        assert requests.get(f"{address}/metrics", verify=str(proxied.certificate), timeout=5).status_code == 404
