"""Somebody signs in with the password and a certificate that their browser holds: at an address of its own, in real TLS."""

from collections.abc import Callable
from pathlib import Path
from time import time

import requests
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, confirm_address, heading, look, sign_in, sign_out
from tests.support.client_certificates import CertificateOffice, Held
from tests.support.stack import Stack


def register(stack: Stack, office: CertificateOffice, username: str) -> Held:
    """Have the provider trust one more authority, and know its certificate for somebody."""
    with (stack.folder / "certificates" / "issuing.pem").open("ab") as file:
        file.write(office.authority.issuing.public_bytes(Encoding.PEM))
    people = {one["username"]: one["id"] for one in stack.cli("users", "list")}
    held = office.issue(stack.issuer, people[username])
    secret = (stack.folder / "secrets" / "certificates.secret").read_text().strip()
    form = {"grant_type": "client_credentials", "scope": "certificates:write", "resource": stack.issuer}
    token = requests.post(f"{stack.issuer}/token", form, auth=("certificates", secret), timeout=10).json()
    answer = requests.post(
        f"{stack.issuer}/api/certificates",
        json={"sub": people[username], "certificate": held.pem},
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return held


def test_password_and_certificate(open_browser: Callable[..., Page], stack: Stack, tmp_path: Path) -> None:
    stack.add_person("cilla", "Cilla Berg", PASSWORD)
    with CertificateOffice(tmp_path, lambda: int(time())) as office:
        held = register(stack, office, "cilla")
        origin = f"https://localhost:{stack.base + 10}"
        holder = {"origin": origin, "certPath": str(held.file), "keyPath": str(held.file)}

        page = open_browser(ignore_https_errors=True, client_certificates=[holder])
        page.goto(f"{stack.issuer}/account/security")
        sign_in(page, "cilla")
        # Picked up, and perhaps never installed: nobody is kept out by it before it was used once.
        heading(page, "Security")
        expect(page.locator("#unproven").get_by_text(f"number {held.serial}")).to_be_visible()
        look(page, "security-certificate-unproven")
        page.locator("#prove").click()
        # It would be her first second step, whoever has got the certificate.
        confirm_address(page, stack, "cilla@example.net")
        heading(page, "Use your certificate")
        expect(page.get_by_role("link", name="Set up another way instead")).to_be_visible()
        look(page, "certificate-first-use")
        page.locator("#use-certificate").click()
        heading(page, "Security")
        expect(page.locator("#methods").get_by_text(f"number {held.serial}")).to_be_visible()
        look(page, "security-certificate")
        sign_out(page, "Cilla Berg")

        page.goto(f"{stack.issuer}/account/security")
        sign_in(page, "cilla")
        heading(page, "Use your certificate")
        look(page, "certificate-step")
        page.get_by_text("Don’t ask again in this browser").click()
        page.locator("#use-certificate").click()
        heading(page, "Security")
        sign_out(page, "Cilla Berg")

        # Trusted: the password is enough here, for pages that ask for no more.
        page.goto(f"{stack.issuer}/account")
        sign_in(page, "cilla")
        heading(page, "My account")
        # This one always asks for two.
        page.goto(f"{stack.filing}/drafts")
        heading(page, "Use your certificate")
        page.locator("#use-certificate").click()
        heading(page, "Draft applications")

        # In a browser without the certificate
        other = open_browser(ignore_https_errors=True)
        other.goto(f"{stack.issuer}/account")
        sign_in(other, "cilla")
        heading(other, "Use your certificate")
        other.locator("#use-certificate").click()
        expect(other.locator("#error")).to_contain_text("showed no certificate")
        look(other, "certificate-none")
