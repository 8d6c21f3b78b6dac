"""Methods of strong authentication, given to people of a provider in the test's own process."""

from dataclasses import dataclass

from werkzeug.test import Client, TestResponse

from idp.accounts.notices import Where
from idp.accounts.proofs import OF_FACTORS
from idp.factors.totp import crypto
from tests.support.guessing import Post
from tests.support.provider import ISSUER, ProviderUnderTest, csrf

HERE = Where("192.0.2.1", "Mozilla/5.0")


@dataclass
class TotpOf:
    """Somebody's authenticator app; it shows each code once, as a person would use it."""

    idp: ProviderUnderTest
    secret: str
    last: int

    def code(self) -> str:
        step = max(self.idp.clock() // crypto.STEP_SECONDS, self.last + 1)
        self.idp.clock.now = max(self.idp.clock.now, step * crypto.STEP_SECONDS)
        self.last = step
        return crypto.code_at(self.secret, step)


def account_id(idp: ProviderUnderTest, username: str) -> str:
    row = idp.core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
    assert row
    return row["id"]


def add_totp(idp: ProviderUnderTest, username: str) -> TotpOf:
    owner, totp = account_id(idp, username), idp.core.strong.totp
    setup = totp.begin(owner, username, "")
    step = idp.clock() // crypto.STEP_SECONDS
    with idp.provider.flask.test_request_context():
        assert totp.confirm(setup, owner, crypto.code_at(setup.secret, step), "Phone", HERE)
    return TotpOf(idp, setup.secret, step)


def add_recovery_codes(idp: ProviderUnderTest, username: str) -> tuple[str, ...]:
    owner, recovery_codes = account_id(idp, username), idp.core.strong.recovery_codes
    codes, _ = recovery_codes.begin(owner, "")
    with idp.provider.flask.test_request_context():
        recovery_codes.keep(owner, codes, HERE)
    return codes


def prove_address(idp: ProviderUnderTest, username: str = "alice") -> None:
    """Let all of somebody's sessions have shown just now that their person reads the account's mail, as before a first second factor."""
    with idp.core.database.write() as tx:
        sql = "UPDATE sso_session SET address_proven_at = :now WHERE account_id = :id"
        assert tx.run(sql, now=idp.clock(), id=account_id(idp, username))


def confirm_by_mail(idp: ProviderUnderTest, browser: Client, page: str) -> TestResponse:
    """Do what the page that asks for a mailed code says; return where it leads once the code is right."""
    sent = _send(browser, page, send="1")
    mail = [each for each in Post(idp).collect() if each["template"] in OF_FACTORS][-1]
    return _send(browser, sent.location, code=mail["context"]["code"])


def _send(browser: Client, page: str, **fields: str) -> TestResponse:
    token = csrf(browser.get(page, base_url=ISSUER).text)
    return browser.post(page, data={"csrf_token": token, **fields}, base_url=ISSUER)
