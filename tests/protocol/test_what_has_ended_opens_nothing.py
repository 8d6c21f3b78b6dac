"""Sessions, sign-ins and methods that ended while somebody was on their way: none of them opens anything afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.half_way import ENROLMENT, begin, get, live_sessions, post, sid_of, signed_in
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import HERE, TotpOf, account_id, add_recovery_codes, add_totp, confirm_by_mail, prove_address


@pytest.fixture
def app(idp: ProviderUnderTest) -> TotpOf:
    return add_totp(idp, "alice")


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


class TestWhatHasEnded:
    """A sign-in that is over, or half done, is worth nothing once its session or its password has gone."""

    def test_a_sign_in_that_is_over_begins_no_other_session(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        answer(post(browser, f"{address}/with/totp", code=app.code()))
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "ended_by_person")
        for way in ("", "/proceed", "/with/totp", "/offer"):
            answered = post(browser, address + way)
            assert "code=" not in answered.headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    def test_nor_one_with_the_password_alone(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        assert live_sessions(idp, "alice") == 1
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "password_reset")
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.usefixtures("app")
    def test_a_former_password_proves_nothing_more(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """Its owner locked the account, which took the thief's app back, and has another password now."""
        browser, owner = idp.browser(), account_id(idp, "alice")
        address = begin(idp, browser, client)
        with idp.core.database.write() as tx:
            idp.core.accounts.lockdown.lock(tx, owner, HERE, since=0)
        assert idp.core.strong.factors.listing(owner) == []
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        idp.clock.now += 60
        with idp.core.database.write() as tx:
            tx.run("UPDATE account SET status = 'active', password_changed_at = :now", now=idp.clock())
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.parametrize("status", ["locked", "disabled"])
    def test_an_account_that_was_closed_between_the_steps(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf, status: str
    ) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        with idp.core.database.write() as tx:
            tx.run("UPDATE account SET status = :status", status=status)
        answered = post(browser, f"{address}/with/totp", code=app.code())
        assert answered.status_code == 403
        assert not signed_in(browser)

    def test_a_session_that_ends_during_a_step_up(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        app = add_totp(idp, "alice")
        step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
        self.while_verifying(idp, lambda: self.end_all(idp))
        answered = post(browser, step.location, code=app.code())
        assert answered.status_code < 500
        assert "code=" not in answered.headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    def test_a_session_that_ends_while_a_method_is_set_up(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        prove_address(idp)
        totp = idp.core.strong.totp
        setup, right = totp.begin(account_id(idp, "alice"), "alice", sid_of(idp)), totp.confirm

        def confirm(*asked: Any) -> Any:
            self.end_all(idp)
            return right(*asked)

        totp.confirm = confirm  # type: ignore[method-assign]
        code = TotpOf(idp, setup.secret, 0).code()
        answered = post(browser, ENROLMENT[0], setup=setup.token, code=code, name="x")
        assert answered.status_code < 500
        assert live_sessions(idp, "alice") == 0

    def test_a_method_that_is_removed_during_the_step(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        add_recovery_codes(idp, "alice")
        browser, owner = idp.browser(), account_id(idp, "alice")
        address = begin(idp, browser, client)
        page = get(browser, f"{address}/with/totp")
        codes = next(one for one in idp.core.strong.factors.listing(owner) if one.method == "totp")
        idp.core.strong.factors.remove(owner, codes.id, HERE)
        fields = {"csrf_token": csrf(page.text), "code": app.code()}
        answered = browser.post(f"{address}/with/totp", data=fields, base_url=ISSUER)
        # Without a method the password is enough, as it is for everybody.
        assert answered.status_code == 303

    def end_all(self, idp: ProviderUnderTest) -> None:
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "ended_by_person")

    def while_verifying(self, idp: ProviderUnderTest, do: Callable[[], None]) -> None:
        totp = idp.core.strong.totp
        right = totp.verify

        def verify(*asked: Any) -> Any:
            do()
            return right(*asked)

        totp.verify = verify  # type: ignore[method-assign]


class TestTheWaitingTime:
    def test_a_session_without_the_password_cannot_begin_it(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        add_totp(idp, "alice")
        step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
        lost = step.location.replace("/with/totp", "/lost")
        post(browser, lost)
        assert idp.core.strong.reset.due_at(account_id(idp, "alice")) is None

    def test_due_while_signed_in(self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf) -> None:
        """Nothing happens by itself: only a sign-in with the password carries it out, and one of its owner's stops it."""
        owner, thief, mine = account_id(idp, "alice"), idp.browser(), idp.browser()
        address = begin(idp, mine, client)
        answer(post(mine, f"{address}/with/totp", code=app.code()))
        lost = begin(idp, thief, client) + "/lost"
        confirm_by_mail(idp, thief, f"{lost}/code")
        post(thief, lost)
        due = idp.core.strong.reset.due_at(owner)
        assert due == idp.clock() + idp.core.settings.strong.reset_waiting
        post(mine, "/account/security", cancel_reset="y")
        assert idp.core.strong.reset.due_at(owner) is None
        idp.clock.now = due + 1
        begin(idp, thief, client)
        assert not signed_in(thief)
        assert len(idp.core.strong.factors.listing(owner)) == 1
