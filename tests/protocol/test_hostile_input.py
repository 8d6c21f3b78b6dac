"""What no browser sends: NUL bytes, ten kilobytes, half a surrogate, in every field and path of strong authentication. PostgreSQL refuses
some of it where SQLite doesn't, and neither may show as an error of ours."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from idp.factors.totp import crypto
from tests.support.clock import TurnedClock
from tests.support.half_way import ENROLMENT, begin, get, post, sid_of
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, make_provider
from tests.support.strong import account_id, add_recovery_codes, add_totp, prove_address

HOSTILE = ("\0", "a\0b", "x" * 10_000, "😀" * 3_000, "' OR 1=1 --", "\ud7ff\uffff", "{}", "[]", "-1", "9" * 30)
IN_PATHS = ("%00", "a%00b", "x" * 5_000, "%F0%9F%98%80", "%FF", "..%2F..%2Fetc")
FIELDS = (
    "code", "number", "enrolment", "name", "setup", "credential", "answer", "choice", "account", "decision", "username", "password",
    "trust", "again", "prefer", "forget", "cancel_reset", "kind", "removed",
)  # fmt: skip


@pytest.fixture
def idp(tmp_path: Path, clock: TurnedClock, key_folder: Path, provider_database: str) -> Iterator[ProviderUnderTest]:
    """A provider on PostgreSQL."""
    shutil.copytree(key_folder, tmp_path / "keys")
    provider = make_provider(tmp_path, clock, database_url=provider_database)
    yield ProviderUnderTest(provider, clock)
    provider.core.database.close()


def assert_calm(browser: Client, path: str, value: str) -> None:
    answered = post(browser, path, **dict.fromkeys(FIELDS, value))
    assert answered.status_code < 500, (path, value[:20], answered.text[-500:])
    answered = browser.get(path, query_string={"next": value, "methods": value, "removed": value}, base_url=ISSUER)
    assert answered.status_code < 500, (path, value[:20], answered.text[-500:])


def test_in_the_steps_of_a_sign_in(idp: ProviderUnderTest) -> None:
    add_totp(idp, "alice")
    add_recovery_codes(idp, "alice")
    browser = idp.browser()
    address = begin(idp, browser, idp.register())
    idp.clock.now += 1
    for value in HOSTILE:
        with idp.core.database.write() as tx:
            tx.run("DELETE FROM factor_attempts")
            tx.run("DELETE FROM rate_limit")
        for way in (
            "/with/totp",
            "/with/recovery_codes",
            "/with/webauthn",
            "/with/push",
            "/passkey",
            "/lost",
            "/lost/code",
            "",
        ):
            assert_calm(browser, address + way, value)
        assert_calm(browser, f"/choose-account/{address.rpartition('/')[2]}", value)


def test_on_the_pages_of_the_account(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    idp.code(idp.register(), Pkce(), browser)
    prove_address(idp)
    pages = (*ENROLMENT, "/account/security", "/account/security/add", "/account/security/confirm")
    for value in HOSTILE:
        for path in pages:
            assert_calm(browser, path, value)
    # A page that was filled in as it should be, except for one field.
    totp = idp.core.strong.totp
    for value in HOSTILE:
        setup = totp.begin(account_id(idp, "alice"), "alice", sid_of(idp))
        fields = {"setup": setup.token, "code": "123456"}
        for name in fields:
            assert post(browser, ENROLMENT[0], **(fields | {name: value})).status_code < 500


@pytest.mark.parametrize("name", HOSTILE)
def test_in_names(idp: ProviderUnderTest, name: str) -> None:
    browser = idp.browser()
    idp.code(idp.register(), Pkce(), browser)
    prove_address(idp)
    totp = idp.core.strong.totp
    setup = totp.begin(account_id(idp, "alice"), "alice", sid_of(idp))
    code = crypto.code_at(setup.secret, idp.clock() // crypto.STEP_SECONDS)
    assert post(browser, ENROLMENT[0], setup=setup.token, code=code, name=name).status_code < 500
    for factor in idp.core.strong.factors.listing(account_id(idp, "alice")):
        assert post(browser, f"/account/security/methods/{factor.id}", name=name).status_code < 500


@pytest.mark.parametrize("part", IN_PATHS)
def test_in_paths(idp: ProviderUnderTest, part: str) -> None:
    browser = idp.browser()
    add_totp(idp, "bob")
    address = begin(idp, browser, idp.register(), "bob")
    idp.code(idp.register(), Pkce(), signed_in := idp.browser())
    for path in (
        f"/sign-in/{part}", f"/sign-in/{part}/proceed", f"/sign-in/{part}/with/totp", f"{address}/with/{part}",
        f"/sign-in/{part}/passkey", f"/sign-in/{part}/passkey/options", f"/sign-in/{part}/lost", f"/sign-in/{part}/offer",
        f"/sign-in/{part}/cancel", f"/choose-account/{part}", f"/consent/{part}", f"/wasnt-me/{part}",
        f"/account/security/methods/{part}", f"/account/security/methods/{part}/remove",
        f"/account/security/passkeys/{part}", f"/account/security/push/add/{part}/state",
        f"/account/security/confirm/{part}", f"/account/security/confirm?c={part}", f"/approvals/{part}", f"/approvals/{part}/state", f"/approvals/register/{part}",
    ):  # fmt: skip
        for one in (browser, signed_in):
            assert get(one, path).status_code < 500, path
            assert post(one, path).status_code < 500, path
        for cookie in ("sso_0", "idp_trusted", "known_browser", "idp_web"):
            stranger = idp.browser()
            stranger.set_cookie(cookie, part[:4000])
            assert get(stranger, path).status_code < 500, (path, cookie)


@pytest.mark.parametrize("value", [*HOSTILE, None, 7, [], {}, {"a": "\0"}])
def test_in_what_devices_send(idp: ProviderUnderTest, value: object) -> None:
    for path in ("register/x", "api/progress", "api/list", "api/show", "api/answer", "api/lock", "api/subscription"):
        for body in (value, {"message": value}):
            headers = {"Origin": ISSUER}
            sent = idp.browser().post(f"/approvals/{path}", json=body, headers=headers, base_url=ISSUER)
            assert 400 <= sent.status_code < 500
