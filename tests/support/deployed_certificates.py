"""Somebody with a certificate in front of a deployment: registered by the API, at the step of a sign-in that asks for it."""

import tomllib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import requests
from cryptography.hazmat.primitives.serialization import Encoding
from requests.adapters import HTTPAdapter

from tests.support.client_certificates import CertificateOffice
from tests.support.deployment import Deployment
from tests.support.visitor import Visitor


class CertificateHolder:
    """`visitor` is their browser; `office` is trusted besides the deployment's own authority."""

    def __init__(
        self, deployment: Deployment, visitor: Visitor, office: CertificateOffice, username: str, password: str
    ) -> None:
        self.deployment, self.visitor = deployment, visitor
        with (deployment.folder / "authority/issuing.pem").open("ab") as file:
            file.write(office.authority.issuing.public_bytes(Encoding.PEM))
        settings = tomllib.loads((deployment.secrets / "provider.toml").read_text())
        with psycopg.connect(settings["provider"]["database_url"]) as connection:
            row = connection.execute("SELECT id FROM account WHERE username = %s", (username,)).fetchone()
        assert row
        self.sub = str(row[0])
        self.held = office.issue(deployment.login, self.sub)
        content = {"sub": self.sub, "certificate": self.held.pem}
        assert self._call("POST", "", json=content).status_code == 201
        with psycopg.connect(settings["provider"]["database_url"]) as connection:
            # They have used it before: from then on it is asked for.
            connection.execute("UPDATE factor SET last_used_at = created_at WHERE account_id = %s", (self.sub,))
        step = visitor.sign_in(visitor.get(f"{deployment.portal}/dashboard"), username, password)
        assert step.url.endswith("/with/certificate"), step.url
        self.page = step

    def ask(self, origin: str = "", **options: Any) -> requests.Response:
        """Open the address that the page leads to, there or at another origin; from elsewhere than where the proxy is."""
        url = self.page.text.partition('id="use-certificate" href="')[2].partition('"')[0]
        assert url.startswith(f"{self.deployment.mtls}/certificate/")
        with requests.Session() as session:
            session.mount("http://", _From("127.0.0.9"))
            session.trust_env = False
            session.verify = str(self.deployment.certificates.ca)
            url = url.replace(self.deployment.mtls, origin or self.deployment.mtls)
            return session.get(url, allow_redirects=False, timeout=10, **options)

    def go_on(self, shown: requests.Response) -> requests.Response:
        """Follow the way back, and press the button there."""
        assert shown.status_code == 303, shown.text
        back = shown.headers["Location"]
        result = parse_qs(urlsplit(back).query)["result"][0]
        self.page = self.visitor.fill(self.visitor.get(back), result=result)
        return self.page

    def forget(self) -> None:
        assert self._call("DELETE", f"/{self.held.serial}").status_code == 204

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        login, verify = self.deployment.login, str(self.deployment.certificates.ca)
        auth = ("certificates", (self.deployment.secrets / "certificates.client").read_text().strip())
        asked = {"grant_type": "client_credentials", "scope": "certificates:write", "resource": login}
        token = requests.post(f"{login}/token", asked, auth=auth, verify=verify, timeout=5).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        address = f"{login}/api/certificates{path}"
        return requests.request(method, address, headers=headers, verify=verify, timeout=5, **options)


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **options)  # type: ignore[no-untyped-call]
