"""docker-compose.yml's commands outside containers: a real proxy with TLS in front of two providers, PostgreSQL behind."""

import json
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import requests

from tests.support.certificates import Certificates
from tests.support.client_certificates import CertificateOffice
from tests.support.deployed_certificates import CertificateHolder
from tests.support.deployment import Deployment
from tests.support.mail_sink import MailSink
from tests.support.postgres import Postgres
from tests.support.programs import until
from tests.support.visitor import Visitor

PASSWORD = "violet tractor 19 hums"
FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=http",
}


@pytest.fixture(scope="module")
def sink(certificates: Certificates) -> Iterator[MailSink]:
    with MailSink(certificates.server_context()) as made:
        yield made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, sink: MailSink, certificates: Certificates
) -> Iterator[Deployment]:
    made = Deployment(tmp_path_factory.mktemp("deployment"), postgres, sink, certificates)
    try:
        made.start()
        add = [
            "python",
            "-m",
            "idp",
            "users",
            "add",
            "--username",
            "carla",
            "--email",
            "carla@example.org",
            "--json",
            "--password-file",
        ]
        password = made.folder / "carla.password"
        password.write_text(f"{PASSWORD}\n")
        assert made.run("operator", *add, str(password), "--name", "Carla Example", like="provider-1").ends() == 0
        yield made
    finally:
        made.stop()


@pytest.fixture
def carla(deployment: Deployment) -> Iterator[Visitor]:
    with Visitor(verify=str(deployment.certificates.ca)) as visitor:
        yield visitor


def sign_in(deployment: Deployment, visitor: Visitor) -> requests.Response:
    return visitor.sign_in(visitor.get(f"{deployment.portal}/dashboard"), "carla", PASSWORD)


def test_one_sign_in_for_both_services_over_both_providers(deployment: Deployment, carla: Visitor) -> None:
    before = len(deployment.proxied())
    arrived = sign_in(deployment, carla)
    assert arrived.url == f"{deployment.portal}/dashboard"
    assert "Carla Example" in arrived.text
    pairing = carla.get(f"{deployment.pairing}/")
    assert pairing.url == f"{deployment.pairing}/"
    assert "Carla Example" in pairing.text
    # The third wants a second step, which she hasn't got yet.
    filing = carla.get(f"{deployment.filing}/drafts")
    assert filing.url.startswith(f"{deployment.login}/account/security/add")
    assert carla.get(f"{deployment.filing}/api/drafts").status_code == 401
    sign_in_lines = [line for line in deployment.proxied()[before:] if line[2] == "127.0.0.1"]
    used = {line[6].rpartition(":")[2] for line in sign_in_lines}
    assert used == {str(deployment.ports["provider-1"]), str(deployment.ports["provider-2"])}


def test_begun_on_one_provider_and_ended_on_the_other(deployment: Deployment) -> None:
    ways: set[tuple[str, str]] = set()
    for attempt in range(6):
        with Visitor(verify=str(deployment.certificates.ca)) as visitor:
            for _once in range(attempt % 2):
                visitor.get(f"{deployment.login}/help")  # the next request goes to the other one
            page = visitor.get(f"{deployment.portal}/dashboard")
            before = len(deployment.proxied())
            begun = [line for line in deployment.proxied() if line[2] == "127.0.0.1"][-1][6]
            arrived = visitor.sign_in(page, "carla", PASSWORD)
            assert arrived.url == f"{deployment.portal}/dashboard"
            ended = next(line[6] for line in deployment.proxied()[before:] if line[3] == "POST")
            ways.add((begun, ended))
        if len({way for way in ways if way[0] != way[1]}) == 2:
            return
    raise AssertionError(f"always the same: {ways}")


def test_signing_out_once_is_signing_out_everywhere(deployment: Deployment, carla: Visitor) -> None:
    page = sign_in(deployment, carla)
    carla.get(f"{deployment.pairing}/")
    out = carla.fill(page, csrf_token=carla.token(page))
    assert out.url.startswith(f"{deployment.portal}/signed-out")

    def signed_out_at_pairing() -> bool:
        return carla.get(f"{deployment.pairing}/").url.startswith(deployment.login)

    until(signed_out_at_pairing, "the other service has its logout token, through the proxy")


def test_mail_goes_out_encrypted(deployment: Deployment, carla: Visitor, sink: MailSink) -> None:
    page = carla.get(f"{deployment.login}/create-account")
    sent = carla.fill(
        page, name="Dora", username="dora", email="dora@example.org", password=PASSWORD, country="CH", terms="y"
    )
    code = until(lambda: sink.code("dora@example.org"), "the mail")
    assert sink.link("dora@example.org").startswith(f"{deployment.login}/")
    carla.fill(sent, code=code)
    arrived = carla.sign_in(carla.get(f"{deployment.portal}/dashboard"), "dora", PASSWORD)
    assert arrived.url == f"{deployment.portal}/dashboard"


def test_cookies_and_headers_are_those_of_https(deployment: Deployment, carla: Visitor) -> None:
    page = sign_in(deployment, carla)
    assert len(carla.session.cookies) > 3
    assert all(cookie.secure for cookie in carla.session.cookies)
    # The language is everybody's to know, and other services on this host read it.
    assert all(cookie.name.startswith("__Host-") for cookie in carla.session.cookies if cookie.name != "locale")
    for address in (deployment.login, deployment.portal, deployment.pairing, deployment.filing):
        assert "max-age" in carla.get(f"{address}/health/live").headers["Strict-Transport-Security"]
    assert not re.search(r"\bevil\b", page.text)


def test_what_a_client_says_about_itself_is_not_believed(
    deployment: Deployment, carla: Visitor, postgres: Postgres
) -> None:
    carla.session.headers.update(FORGED)
    page = sign_in(deployment, carla)
    assert page.url == f"{deployment.portal}/dashboard"
    settings = tomllib.loads((deployment.secrets / "provider.toml").read_text())
    with psycopg.connect(settings["provider"]["database_url"]) as connection:
        seen = {row[0] for row in connection.execute("SELECT ip FROM audit_event WHERE ip IS NOT NULL").fetchall()}
        seen |= {row[0] for row in connection.execute("SELECT ip FROM sso_session").fetchall()}
    assert seen == {"127.0.0.1"}
    document = carla.get(f"{deployment.login}/.well-known/openid-configuration").json()
    assert document["issuer"] == deployment.login
    assert "evil" not in carla.get(f"{deployment.login}/account").text


@pytest.mark.parametrize("headers", [{}, FORGED, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": ""}])
def test_metrics_are_not_public(deployment: Deployment, carla: Visitor, headers: dict[str, str]) -> None:
    settings = tomllib.loads((deployment.secrets / "provider.toml").read_text())
    token = {"Authorization": f"Bearer {settings['provider']['metrics']['token']}"}
    for address in (deployment.login, deployment.portal, deployment.pairing, deployment.filing):
        for path in ("/metrics", "//metrics", "/%6detrics", "/./metrics", "/metrics/"):
            response = carla.get(address + path, headers=headers | (token if address != deployment.login else {}))
            assert response.status_code == 404, path
            assert "idp_requests" not in response.text
    assert carla.get(f"{deployment.login}/metrics", headers=token).status_code == 404
    inside = requests.get(f"http://127.0.0.1:{deployment.ports['provider-1']}/metrics", headers=token, timeout=5)
    assert "idp_requests_total" in inside.text


def test_the_proxy_asks_for_certificates_and_nobody_else_is_believed(
    deployment: Deployment, carla: Visitor, tmp_path: Path
) -> None:
    with CertificateOffice(tmp_path / "office", lambda: int(time.time())) as office:
        holder = CertificateHolder(deployment, carla, office, "carla", PASSWORD)
        forged = {"X-Client-Certificate": quote(holder.held.pem)}
        # Through the public name, and through the right one without a certificate: nginx says what is true.
        assert holder.ask(deployment.login, headers=forged).status_code == 404
        assert "Your browser showed no certificate" in holder.go_on(holder.ask(headers=forged)).text
        underscored = {"X_Client_Certificate": quote(holder.held.pem), "X_Forwarded_For": "203.0.113.9"}
        assert "Your browser showed no certificate" in holder.go_on(holder.ask(headers=underscored)).text
        # Past the proxy, from another machine.
        inside = f"http://127.0.0.1:{deployment.ports['provider-1']}"
        assert "a way that we don’t believe" in holder.go_on(holder.ask(inside, headers=forged)).text
        # A certificate of nobody gets through nginx, to the page that says what is wrong with it.
        own = office.self_signed(holder.held)
        assert "issued by nobody but itself" in holder.go_on(holder.ask(cert=str(own.file))).text
        old = office.issue(deployment.login, holder.sub, now=int(time.time()) - 800 * 24 * 3600)
        assert "has expired" in holder.go_on(holder.ask(cert=str(old.file))).text
        assert holder.go_on(holder.ask(cert=str(holder.held.file))).url == f"{deployment.portal}/dashboard"
        assert carla.session.get(f"{deployment.mtls}/account", timeout=5).status_code == 404
        holder.forget()


def test_other_hosts_and_plain_http(deployment: Deployment, carla: Visitor) -> None:
    answer = carla.session.get(
        f"{deployment.login}/", headers={"Host": "evil.example"}, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 421
    plain = requests.get(f"http://127.0.0.1:{deployment.http}/help", allow_redirects=False, timeout=5)
    assert (plain.status_code, plain.headers["Location"]) == (308, "https://127.0.0.1/help")


def test_health_checks(deployment: Deployment) -> None:
    checked = [name for name in deployment.ports if deployment.compose.services[name].healthcheck.test]
    assert checked == list(deployment.ports)
    assert all(deployment.healthy(name) for name in checked)


def test_no_secret_of_the_installation_is_written_down(deployment: Deployment) -> None:
    settings = tomllib.loads((deployment.secrets / "provider.toml").read_text())["provider"]
    secrets = [*settings["sealing_keys"], settings["metrics"]["token"], PASSWORD]
    secrets += [
        path.read_text().strip() for path in deployment.secrets.iterdir() if path.suffix in {".client", ".session"}
    ]
    for log in deployment.folder.glob("**/*.log"):
        text = log.read_text()
        assert not [secret for secret in secrets if secret in text], log
        assert "Traceback" not in text, log
    for program in ("provider-1", "provider-2"):
        lines = (json.loads(line) for line in deployment.programs[program].text().splitlines())
        assert {"access"} <= {line["logger"] for line in lines}


def test_stops_when_told(deployment: Deployment) -> None:
    """The last one here: afterwards nothing runs."""
    for name in ("proxy", "dashboard", "pairing", "certificates", "filing", "worker", "provider-1", "provider-2"):
        assert deployment.programs[name].stop() == 0, name
