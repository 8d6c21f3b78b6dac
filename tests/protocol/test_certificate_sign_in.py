"""Signing in with a certificate, with real TLS: what is accepted, what is refused and why, and that nothing counts twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from idp.factors.certificate.listener import Listener
from idp.factors.certificate.words import _WHY
from keys import local_tls
from tests.support.client_certificates import CertificateOffice, Held, Shown, show
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, answer, csrf
from tests.support.strong import HERE, account_id

DAY = 24 * 3600


@dataclass
class Desk:
    """A provider whose listener runs, an authority that it trusts, and alice's certificate."""

    idp: ProviderUnderTest
    office: CertificateOffice
    port: int

    def __post_init__(self) -> None:
        self.alice = self.register("alice")

    def register(self, username: str, held: Held | None = None) -> Held:
        sub = account_id(self.idp, username)
        held = held or self.office.issue(ISSUER, sub)
        assert self.idp.core.strong.certificates.registration.add(sub, held.certificate, "certificates") == "added"
        self.office.asked.clear()
        self.prove(sub)
        return held

    def prove(self, sub: str) -> None:
        """Note that it has been used before: from then on it is asked for."""
        factors = self.idp.core.strong.factors
        with self.idp.core.database.write() as tx:
            for factor in factors.listing(sub):
                factors.used(tx, factor.id, HERE)

    def begin(self, browser: Client, username: str = "alice") -> str:
        """Sign in with the password; return the address that asks for the certificate."""
        self.client, self.pkce = self.idp.register(), Pkce()
        step = self.idp.sign_in(browser, self.idp.authorize(browser, self.client, self.pkce).location, username)
        assert step.location.endswith("/with/certificate"), step.location
        return self.url(browser.get(step.location, base_url=ISSUER))

    def url(self, page: TestResponse) -> str:
        return page.text.partition('id="use-certificate" href="')[2].partition('"')[0]

    def show(self, url: str, held: Held | None = None, **more: str) -> Shown:
        return show(url, held, port=self.port, **more)  # type: ignore[arg-type]

    def go_on(self, browser: Client, shown: Shown) -> TestResponse:
        """Follow the way back, and press the button there."""
        assert shown.status == 303
        assert shown.location.startswith(f"{ISSUER}/sign-in/")
        path = shown.location.removeprefix(ISSUER)
        page = browser.get(path, base_url=ISSUER)
        return browser.post(path, data={"csrf_token": csrf(page.text), "result": shown.result}, base_url=ISSUER)

    def refusal(self, held: Held | None, username: str = "alice") -> str:
        """Return why this certificate isn't accepted; the page has to say so, and the audit trail."""
        browser = self.idp.browser()
        page = self.go_on(browser, self.show(self.begin(browser, username), held))
        assert page.status_code == 422
        assert browser.get_cookie("sso_0") is None
        with self.idp.provider.flask.test_request_context():
            (reason,) = [why for why, text in _WHY.items() if str(text) in page.text]
        assert self.audited()[-1] == reason
        assert self.url(page), "it can be tried again"
        return reason

    def audited(self) -> list[str]:
        sql = "SELECT detail FROM audit_event WHERE event = 'certificate.refused' ORDER BY seq"
        return [
            row["detail"].partition('"reason":"')[2].partition('"')[0] for row in self.idp.core.database.read().all(sql)
        ]


@pytest.fixture
def office(tmp_path: Path, idp: ProviderUnderTest) -> Iterator[CertificateOffice]:
    with CertificateOffice(tmp_path / "office", idp.clock) as made:
        made.publish(tmp_path)
        yield made


@pytest.fixture
def desk(tmp_path: Path, idp: ProviderUnderTest, office: CertificateOffice) -> Iterator[Desk]:
    certificate, key = local_tls.ensure(tmp_path / "tls", now=idp.clock())
    listener = Listener(idp.core.strong.certificates.door, "127.0.0.1", 0, certificate=certificate, key=key)
    listener.start()
    yield Desk(idp, office, listener.port)
    listener.stop()


def test_password_and_certificate(desk: Desk) -> None:
    browser = desk.idp.browser()
    url = desk.begin(browser)
    assert urlsplit(url).netloc == "localhost:8010"
    shown = desk.show(url, desk.alice)
    assert shown.version == "TLSv1.3"
    code = answer(desk.go_on(browser, shown))["code"]
    claims = desk.idp.core.signer.verify(
        desk.idp.redeem(desk.client, code, desk.pkce).get_json()["id_token"], typ="JWT"
    )
    assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "swk", "mfa"])
    assert desk.office.asked == ["ocsp"]
    assert desk.audited() == []


def test_nothing_counts_twice(desk: Desk) -> None:
    browser = desk.idp.browser()
    url = desk.begin(browser)
    first = desk.show(url, desk.alice)
    again = desk.show(url, desk.alice)
    assert again.location == f"{ISSUER}/sign-in/certificate"
    page = browser.get("/sign-in/certificate", base_url=ISSUER)
    assert page.status_code == 410
    assert "used already" in page.text
    other = desk.idp.browser()
    desk.begin(other)
    stolen = other.get(first.location.removeprefix(ISSUER), base_url=ISSUER)
    assert stolen.status_code == 400  # another browser's sign-in
    answer(desk.go_on(browser, first))
    assert desk.audited() == ["replayed_ticket"]


def test_too_late(desk: Desk) -> None:
    browser = desk.idp.browser()
    shown = desk.show(desk.begin(browser), desk.alice)
    desk.idp.clock.forward(121)
    page = desk.go_on(browser, shown)
    assert "took too long" in page.text
    url = desk.url(page)
    desk.idp.clock.forward(901)
    assert desk.show(url, desk.alice).location == f"{ISSUER}/sign-in/certificate"
    assert desk.audited() == ["late", "late_ticket"]


def test_ten_at_once_get_one_result(desk: Desk) -> None:
    browser = desk.idp.browser()
    url = desk.begin(browser)
    with ThreadPoolExecutor(10) as pool:
        shown = list(pool.map(lambda _number: desk.show(url, desk.alice), range(10)))
    (good,) = [one for one in shown if one.result]
    answer(desk.go_on(browser, good))
    # Once for each ticket: whoever has one must not fill the trail with it.
    assert desk.audited() == ["replayed_ticket"]


def test_what_is_refused(desk: Desk, tmp_path: Path) -> None:
    office, now = desk.office, desk.idp.clock()
    sub = account_id(desk.idp, "alice")
    cases: dict[str, Held | None] = {
        "none": None,
        "self_signed": office.self_signed(desk.alice),
        "not_yet_valid": office.issue(ISSUER, sub, now=now + DAY),
        "expired": office.issue(ISSUER, sub, now=now - 731 * DAY),
        "unknown": office.issue(ISSUER, sub),
        "other_account": desk.register("bob"),
    }
    with CertificateOffice(tmp_path / "other", desk.idp.clock) as other:
        cases["other_authority"] = other.issue(ISSUER, sub)  # of the same name
    assert [desk.refusal(held) for held in list(cases.values())[:4]] == list(cases)[:4]
    with desk.idp.core.database.write() as tx:
        desk.idp.core.strong.attempts.clear(tx, sub)
    assert [desk.refusal(held) for held in list(cases.values())[4:]] == list(cases)[4:]


def test_revoked(desk: Desk) -> None:
    desk.office.revoke(desk.alice)
    assert desk.refusal(desk.alice) == "revoked"


def test_the_list_answers_where_nobody_answers_ocsp(desk: Desk) -> None:
    desk.office.answers = {"crl"}
    browser = desk.idp.browser()
    answer(desk.go_on(browser, desk.show(desk.begin(browser), desk.alice)))
    assert desk.office.asked == ["ocsp", "crl"]
    desk.office.revoke(desk.alice)
    desk.idp.clock.forward(61)
    assert desk.refusal(desk.alice) == "revoked"


def test_closed_when_nobody_answers(desk: Desk) -> None:
    desk.office.answers = set()
    assert desk.refusal(desk.alice) == "unchecked"


def test_a_header_is_no_certificate(desk: Desk) -> None:
    """Neither at the listener nor at the provider itself, where no proxy is configured."""
    header = quote(desk.alice.pem)
    browser = desk.idp.browser()
    shown = desk.show(desk.begin(browser), None, headers=f"X-Client-Certificate: {header}\r\n")
    assert "a way that we don’t believe" in desk.go_on(browser, shown).text
    url = desk.begin(browser)
    direct = browser.get(urlsplit(url).path, base_url=ISSUER, headers={"X-Client-Certificate": header})
    page = desk.go_on(browser, Shown(direct.status_code, direct.location))
    assert "a way that we don’t believe" in page.text
    assert desk.audited() == ["forged", "forged"]
    assert browser.get(urlsplit(desk.url(page)).path, base_url=ISSUER).status_code == 404


def test_nothing_but_a_certificate(desk: Desk) -> None:
    """Where the settings allow it, and nowhere else."""
    page = desk.idp.browser().get("/sign-in/x/certificate", base_url=ISSUER)
    assert page.status_code == 404
    certificates = desk.idp.core.strong.certificates.method
    certificates.signs_in_alone = True
    browser, client, pkce = desk.idp.browser(), desk.idp.register(), Pkce()
    start = desk.idp.authorize(browser, client, pkce, acr_values="aal2").location
    first = browser.get(start, base_url=ISSUER)
    assert "Sign in with a certificate" in first.text
    ask = browser.get(f"{start.partition('?')[0]}/certificate", base_url=ISSUER)
    assert ask.status_code == 303
    refused = desk.go_on(browser, desk.show(ask.location, desk.office.self_signed(desk.alice)))
    assert refused.status_code == 422
    assert "issued by nobody but itself" in refused.text
    again = browser.get(desk.url(refused), base_url=ISSUER)
    code = answer(desk.go_on(browser, desk.show(again.location, desk.alice)))["code"]
    claims = desk.idp.core.signer.verify(desk.idp.redeem(client, code, pkce).get_json()["id_token"], typ="JWT")
    assert (claims["sub"], claims["acr"]) == (account_id(desk.idp, "alice"), "aal2")
    assert claims["amr"] == ["swk", "mfa"]


def test_a_certificate_that_nobody_has_used_does_not_sign_in_alone(desk: Desk) -> None:
    """The first time it comes after the password, and a code by mail if it is the first second factor."""
    certificates = desk.idp.core.strong.certificates.method
    certificates.signs_in_alone = True
    with desk.idp.core.database.write() as tx:
        tx.run("UPDATE factor SET last_used_at = NULL")
    browser = desk.idp.browser()
    start = desk.idp.authorize(browser, desk.idp.register(), Pkce()).location.partition("?")[0]
    ask = browser.get(f"{start}/certificate", base_url=ISSUER)
    refused = desk.go_on(browser, desk.show(ask.location, desk.alice))
    assert (refused.status_code, "once after your password" in refused.text) == (422, True)
    has = desk.idp.core.strong.standings.of(account_id(desk.idp, "alice"))
    assert (has.methods, has.unproven) == ((), ("certificate",))


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "GET", 404), ("/certificate/x/y", "GET", 404), ("/certificate/x", "POST", 405)]
)
def test_one_path_only(desk: Desk, path: str, method: str, status: int) -> None:
    assert desk.show(f"https://localhost:8010{path}", desk.alice, method=method).status == status
