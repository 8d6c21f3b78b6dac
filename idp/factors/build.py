"""Puts strong authentication together; the composition root calls it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING

from flask import Blueprint

from config.settings import ProviderSettings
from idp.accounts.build import Accounts
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.ports import Ports
from idp.db import Tx
from idp.factors.attempts import Attempts
from idp.factors.base import Attempt
from idp.factors.certificate import build as certificate
from idp.factors.certificate import views as certificate_views
from idp.factors.certificate.build import ClientCertificates
from idp.factors.pages import Pages
from idp.factors.push import views as push_views
from idp.factors.push.service import Push
from idp.factors.recovery_codes import views as recovery_codes_views
from idp.factors.recovery_codes.service import RecoveryCodes
from idp.factors.registry import Registry
from idp.factors.reset import Reset
from idp.factors.service import Factors
from idp.factors.standing import Standings
from idp.factors.totp import views as totp_views
from idp.factors.totp.service import Totp
from idp.factors.trusted import TrustedBrowsers
from idp.factors.views import Security
from idp.factors.webauthn import views as webauthn_views
from idp.factors.webauthn.service import Passkeys
from keys import Sealer
from keys.vapid import VapidKey

if TYPE_CHECKING:
    from idp.factors.base import Method


@dataclass(frozen=True, slots=True)
class Strong:
    """Every service of this package."""

    accounts: Accounts
    factors: Factors
    attempts: Attempts
    registry: Registry
    standings: Standings
    trusted: TrustedBrowsers
    reset: Reset
    passkeys: Passkeys
    push: Push
    totp: Totp
    recovery_codes: RecoveryCodes
    certificates: ClientCertificates

    def blueprints(self, ports: Ports) -> Sequence[Blueprint]:
        """Return the routes of the security page and of every method."""
        backups = [method.name for method in self.registry if method.backup]
        pages = Pages(self.accounts, self.factors, ports, backups=backups)
        return (
            Security(
                pages,
                self.accounts,
                registry=self.registry,
                factors=self.factors,
                standings=self.standings,
                trusted=self.trusted,
                reset=self.reset,
            ).blueprint(),
            webauthn_views.blueprint(self.passkeys, self.factors, pages),
            push_views.blueprint(self.push, pages),
            totp_views.blueprint(self.totp, pages),
            recovery_codes_views.blueprint(self.recovery_codes, pages),
            certificate_views.blueprint(self.certificates.method),
        )

    def locked(self, tx: Tx, account_id: str, since: int) -> None:
        """Undo what was done to an account's methods since then (`accounts.lockdown`): the thief's go, the owner's stay."""
        self.factors.undo(tx, account_id, since)

    def revoke(self, tx: Tx, account_id: str) -> None:
        """End what whoever had the password may hold (`accounts.revocation`): trust, a reset that waits, open approvals. Methods stay."""
        self.trusted.forget(tx, account_id)
        self.reset.forget(tx, account_id)
        self.push.revoke(tx, account_id)

    def sessions_ended(self, tx: Tx, sids: Sequence[str]) -> None:
        """End what was being set up in these sessions (`accounts.sessions.on_end`)."""
        for sid in sids:
            self.passkeys.withdraw(tx, sid)
            self.push.enrolments.withdraw(tx, sid)

    def purge(self, tx: Tx) -> None:
        """Forget what has had its time; call it about once an hour."""
        self.trusted.purge(tx)
        self.attempts.purge(tx)
        self.passkeys.purge(tx)
        self.recovery_codes.put_under_key(tx)
        self.push.purge(tx)
        self.certificates.method.purge(tx)


def build(accounts: Accounts, settings: ProviderSettings, sealer: Sealer) -> Strong:
    """Return the services, sharing what they have in common."""
    common, strong = accounts.common, settings.strong
    factors = Factors(common)
    passkeys = Passkeys(common=common, factors=factors, settings=settings)
    push = Push(
        common=common,
        factors=factors,
        sealer=sealer,
        settings=settings,
        vapid=_vapid(settings),
        describe_place=common.notices.places.name,
        lock=accounts.lockdown.lock,
    )
    totp = Totp(common, factors, sealer, issuer=settings.brand.account, enrolment_seconds=strong.enrolment)
    recovery_codes = RecoveryCodes(
        common, factors, sealer, size=strong.recovery_codes, enrolment_seconds=strong.enrolment
    )
    certificates = certificate.build(common, factors, settings)
    # In the order in which they are offered.
    with_certificates = (certificates.method,) if strong.certificate.address else ()
    methods: tuple[Method, ...] = (passkeys, *with_certificates, push, totp, recovery_codes)
    attempts = Attempts(accounts.database, accounts.clock, strong.attempts)
    return Strong(
        accounts=accounts,
        factors=factors,
        attempts=attempts,
        registry=Registry(methods, attempts, lambda attempt, method: _tell_of_guessing(common, attempt, method)),
        standings=Standings(
            accounts.database,
            accounts.clock,
            strong,
            order=[method.name for method in methods],
            backups=[method.name for method in methods if method.backup],
            registered_by_others=[certificates.method.name],
        ),
        trusted=TrustedBrowsers(
            accounts.database,
            accounts.clock,
            seconds=strong.trusted_browser,
            secure=settings.issuer.startswith("https:"),
        ),
        reset=Reset(common, waiting_seconds=strong.reset_waiting),
        passkeys=passkeys,
        push=push,
        totp=totp,
        recovery_codes=recovery_codes,
        certificates=certificates,
    )


def _tell_of_guessing(common: Common, attempt: Attempt, method: str) -> None:
    where = Where(attempt.ip, attempt.user_agent)
    with common.database.write() as tx:
        common.notices.tell(tx, attempt.account_id, "factor_guessing", where, method=method)
        common.audit(tx, "factor.used_up", attempt.account_id, where, method=method)


def _vapid(settings: ProviderSettings) -> VapidKey:
    """Return the key for push services, which like to know whom to write to (RFC 8292 section 2.1)."""
    issuer = settings.issuer
    contact = issuer if issuer.startswith("https:") else f"mailto:{parseaddr(settings.mail.sender)[1]}"
    return VapidKey(settings.data_dir / "keys", contact)
