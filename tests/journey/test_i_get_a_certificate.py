"""I ask for a certificate, an officer approves, I pick it up, and its back-up opens everywhere; elsewhere my code helps; then I revoke it."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from playwright.sync_api import Page, expect

from tests.journey.steps import PASSWORD, SCREENSHOTS, confirm_address, fits, heading, link_in, look, open_mail, sign_in
from tests.journey.test_filing_demands_strong_authentication import set_up_app
from tests.support.stack import Stack

Open = Callable[..., Page]
DEMO_PASSWORD = "demo-PASSWORD-1"
FILE_PASSWORD = "pässwörd Ключ 密碼"
NAME = "Весна Petrović"


def test_from_the_request_to_a_file_that_opens(page: Page, open_browser: Open, stack: Stack, tmp_path: Path) -> None:
    email = stack.add_person("vesna", NAME, PASSWORD)
    ask(page, stack)
    officer = open_browser()
    decide(officer, stack)

    open_mail(page, stack, email, "ready to be picked up", "mail-certificate-ready")
    mails = [one for one in stack.mails(email) if "picked up" in one["subject"]]
    assert len(mails) == 1
    page.goto(f"{stack.dashboard}/messages")
    expect(page.get_by_text("Your certificate is ready to be picked up").first).to_be_visible()
    page.goto(f"{stack.certificates}/certificates")
    look(page, "certificates-ready")
    page.goto(link_in(mails[0], "/certificates/requests/"))
    pick_up(page)
    for old in (False, True):
        path = back_up(page, tmp_path / f"{old}.pfx", old=old)
        everybody_opens(path, tmp_path, old=old)
    try_it(page, tmp_path)
    sign_in_with(tmp_path / "False.pfx", open_browser, stack)
    revoke(page, stack, tmp_path)


def ask(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.certificates}/certificates")
    sign_in(page, "vesna")
    heading(page, "Certificates")
    look(page, "certificates-empty")
    page.locator("#ask").click()
    heading(page, "Ask for a certificate")
    expect(page.get_by_text("Vesna Petrović")).to_be_visible()
    look(page, "certificates-new")
    page.locator("#send").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "certificates-new-wrong", narrow=False)
    page.get_by_label("What do you need it for?").fill(
        "I file for my firm, often from courts without a telephone network."
    )
    page.locator("#send").click()
    heading(page, "Your request is on its way")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    look(page, "certificates-code-once")
    page.locator("#kept").click()
    heading(page, "Your request is waiting")
    look(page, "certificates-waiting")


def decide(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.certificates}/officer")
    sign_in(page, "olga", DEMO_PASSWORD)
    heading(page, "Requests")
    look(page, "officer-queue")
    page.get_by_role("link", name=f"Look at the request of {NAME}").click()
    heading(page, re.compile(f"Request of {NAME}"))
    look(page, "officer-request")
    second = page.context.new_page()
    second.goto(page.url)
    page.locator("#reject").click()
    expect(page.locator("#error")).to_contain_text("Give a reason")
    page.locator("#approve").click()
    expect(page.get_by_text("gets a message")).to_be_visible()
    # A colleague was slower.
    second.get_by_label("Reason").fill("I don’t know her.")
    second.locator("#reject").click()
    expect(second.get_by_text("Nothing was changed")).to_be_visible()
    look(second, "officer-too-late", narrow=False)
    second.get_by_role("link", name="Decided").click()
    look(second, "officer-decided")


def pick_up(page: Page) -> None:
    heading(page, "Pick up your certificate")
    expect(page.locator("#pick-up")).to_be_visible()
    expect(page.locator("#elsewhere")).to_be_hidden()
    look(page, "certificates-pick-up")
    page.locator("#pick-up").click()
    heading(page, "Back up and install")
    expect(page.locator("#back-up")).to_be_visible()
    expect(page.locator("#guide-chrome")).to_have_attribute("open", "")
    look(page, "certificates-install")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert fits(page)
    page.screenshot(path=SCREENSHOTS / "certificates-install-rtl.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.dir = 'ltr'")


def back_up(page: Page, path: Path, *, old: bool) -> Path:
    password, again = page.locator("#password"), page.locator("#again")
    password.fill("")
    page.locator("#save").click()
    expect(page.locator("#password-error")).to_contain_text("8 characters or more")
    password.fill(FILE_PASSWORD)
    again.fill("something else")
    page.locator("#save").click()
    expect(page.locator("#again-error")).to_contain_text("The two passwords differ")
    again.fill(FILE_PASSWORD)
    if old:
        page.get_by_text("For an old system?").click()
        page.locator("#old").check()
    with page.expect_download() as download:
        page.locator("#save").click()
    assert re.fullmatch(r"certificate-[0-9a-f]{8}\.pfx", download.value.suggested_filename)
    download.value.save_as(path)
    expect(page.locator("#saved")).to_be_focused()
    return path


def everybody_opens(path: Path, folder: Path, *, old: bool) -> None:
    """OpenSSL, NSS and Python's cryptography, with a password that isn't ASCII."""
    command = ["openssl", "pkcs12", "-in", str(path), "-info", "-nodes", "-passin", f"pass:{FILE_PASSWORD}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.count("BEGIN CERTIFICATE") == 3
    assert "BEGIN PRIVATE KEY" in shown.stdout
    assert ("MAC: sha1" if old else "MAC: sha256, Iteration 250000") in shown.stderr
    assert ("TripleDES" if old else "AES-256-CBC, Iteration 250000, PRF hmacWithSHA256") in shown.stderr
    wrong = subprocess.run([*command[:-1], "pass:wrong"], capture_output=True, check=False)
    assert wrong.returncode

    database = f"sql:{folder / f'nss-{old}'}"
    (folder / f"nss-{old}").mkdir()
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    imported = ["pk12util", "-i", str(path), "-d", database, "-W", FILE_PASSWORD, "-K", ""]
    subprocess.run(imported, check=True, env=environment, capture_output=True)
    keys = subprocess.run(
        ["certutil", "-K", "-d", database], check=True, env=environment, capture_output=True, text=True
    )
    assert NAME in keys.stdout

    opened = load_pkcs12(path.read_bytes(), FILE_PASSWORD.encode())
    assert opened.cert
    assert opened.key
    assert opened.cert.friendly_name == NAME.encode()
    assert opened.cert.certificate.public_key() == opened.key.public_key()
    issuing, root = (one.certificate for one in opened.additional_certs)
    opened.cert.certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)


def try_it(page: Page, folder: Path) -> None:
    file, password = page.locator("#file"), page.locator("#file-password")
    page.locator("#try").click()
    expect(page.locator("#result")).to_contain_text("Choose the file of your back-up first.")
    (folder / "no.pfx").write_bytes(b"no such file")
    for path, typed, said in (
        (folder / "no.pfx", FILE_PASSWORD, "isn’t a whole back-up file"),
        (folder / "False.pfx", "wrong", "The password is wrong"),
        (folder / "True.pfx", "wrong", "The password is wrong"),
        (folder / "True.pfx", FILE_PASSWORD, "Your back-up is good"),
        (folder / "False.pfx", FILE_PASSWORD, "Your back-up is good"),
    ):
        file.set_input_files(path)
        password.fill(typed)
        page.locator("#try").click()
        expect(page.locator("#result")).to_contain_text(said)
    expect(page.locator("#result [data-name]")).to_have_text(NAME)
    look(page, "certificates-tested")
    # The key has left this browser.
    page.reload()
    expect(page.locator("#no-key")).to_be_visible()
    expect(page.locator("#back-up")).to_be_hidden()
    look(page, "certificates-no-key", narrow=False)


def sign_in_with(path: Path, open_browser: Open, stack: Stack) -> None:
    """Another browser has the file installed, and needs no other second step."""
    shown = {"origin": f"https://localhost:{stack.base + 10}", "pfxPath": str(path), "passphrase": FILE_PASSWORD}
    other = open_browser(client_certificates=[shown], ignore_https_errors=True)
    # It is asked for once it has been used; this is the page where that is done.
    other.goto(f"{stack.issuer}/account/security/prove")
    sign_in(other, "vesna")
    confirm_address(other, stack)
    other.locator("#use-certificate").click()
    heading(other, "Security")
    other.goto(f"{stack.certificates}/certificates")
    heading(other, "Certificates")
    expect(other.get_by_text("good until")).to_be_visible()


def revoke(page: Page, stack: Stack, folder: Path) -> None:
    page.goto(f"{stack.certificates}/certificates")
    look(page, "certificates-one")
    page.get_by_role("link", name="Details of the certificate").click()
    look(page, "certificates-details", narrow=False)
    page.locator("#revoke").click()
    heading(page, "Revoke this certificate?")
    page.locator("#revoke").click()
    expect(page.locator("#error")).to_contain_text("Choose why.")
    page.get_by_label("Somebody else may have").check()
    look(page, "certificates-revoke")
    page.locator("#revoke").click()
    expect(page.get_by_text("The certificate is revoked.")).to_be_visible()
    page.goto(f"{stack.certificates}/certificates/test")
    page.locator("#file").set_input_files(folder / "False.pfx")
    page.locator("#file-password").fill(FILE_PASSWORD)
    page.locator("#try").click()
    expect(page.locator("#result")).to_contain_text("its certificate is revoked")
    look(page, "certificates-test")


def test_with_another_browser_and_a_lost_code(page: Page, open_browser: Open, stack: Stack) -> None:
    stack.add_person("tomas", "Tomás Ibarra", PASSWORD)
    page.goto(f"{stack.certificates}/certificates/new")
    sign_in(page, "tomas")
    heading(page, "Ask for a certificate")
    page.get_by_label("What do you need it for?").fill("For my work.")
    page.get_by_text("Recommended: elliptic curve").click()
    page.get_by_label("RSA, 3072 bits").check()
    page.locator("#send").click()
    heading(page, "Your request is on its way")
    lost = page.locator("#code").inner_text()
    page.locator("#kept").click()
    heading(page, "Your request is waiting")
    address = page.url
    officer = open_browser()
    officer.goto(address.replace("/certificates/requests", "/officer/requests"))
    sign_in(officer, "olga", DEMO_PASSWORD)
    officer.locator("#approve").click()
    expect(officer.get_by_text("gets a message")).to_be_visible()

    other = open_browser()
    other.goto(address)
    sign_in(other, "tomas")
    expect(other.locator("#elsewhere")).to_be_visible()
    expect(other.locator("#here")).to_be_hidden()
    other.locator("#pick-up-elsewhere").click()
    expect(other.locator("#error")).to_contain_text("Enter the enrolment code.")
    other.locator("#code").fill("2345-6789-ABCD")
    other.locator("#pick-up-elsewhere").click()
    expect(other.locator("#error")).to_contain_text("That isn’t the enrolment code")
    look(other, "certificates-wrong-code", narrow=False)
    # A new one after a second step, which he sets up on the way.
    other.locator("#lost").click()
    expect(other).to_have_url(re.compile("/account/security/add"))
    set_up_app(other, stack)
    heading(other, "Get a new enrolment code")
    look(other, "certificates-new-code", narrow=False)
    other.locator("#show").click()
    heading(other, "Your new enrolment code")
    code = other.locator("#code").inner_text()
    assert code != lost
    other.locator("#kept").click()
    for typed, said in ((lost, "That isn’t the enrolment code"), (code.lower(), "")):
        other.locator("#code").fill(typed)
        other.locator("#pick-up-elsewhere").click()
        if said:
            expect(other.locator("#error")).to_contain_text(said)
    # The browser makes an RSA key first: how long it looks for primes is chance.
    expect(other.get_by_role("heading", level=1)).to_have_text("Back up and install", timeout=60_000)
    expect(other.locator("#back-up")).to_be_visible()
    # It was made once; the first browser is told.
    page.goto(address)
    heading(page, "Your certificate is picked up")
    look(page, "certificates-done")
    page.get_by_role("link", name="Back up and install").click()
    expect(page.locator("#no-key")).to_be_visible()
