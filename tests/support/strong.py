"""Methods of strong authentication, given to people of a provider in the test's own process."""

from dataclasses import dataclass

from idp.accounts.notices import Where
from idp.factors.totp import crypto
from tests.support.provider import ProviderUnderTest

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
