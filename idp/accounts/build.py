"""Puts the services of people together; the composition root calls it once."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.provider import ProviderSettings
from idp.accounts.address_proofs import AddressProofs
from idp.accounts.addresses import Addresses
from idp.accounts.alarms import Alarms
from idp.accounts.brake import Brake
from idp.accounts.browser import Browser
from idp.accounts.claims import Claims
from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.cookies import SessionCookies
from idp.accounts.device_cookies import DeviceCookies
from idp.accounts.failure_rate import FailureRate
from idp.accounts.lockdown import Lockdown
from idp.accounts.mail_limits import MailLimits
from idp.accounts.network_limits import NetworkLimits
from idp.accounts.new_password import NewPassword
from idp.accounts.notices import Notices
from idp.accounts.password_advice import PasswordAdvice
from idp.accounts.passwords import Passwords
from idp.accounts.places import Places
from idp.accounts.profile import Profile
from idp.accounts.recovery import Recovery
from idp.accounts.recovery_email import RecoveryEmail
from idp.accounts.recovery_jobs import jobs
from idp.accounts.registration import Registration
from idp.accounts.revocation import Revocation
from idp.accounts.sessions import Sessions
from idp.accounts.sign_in import GUESSING_JOB, PasswordSignIn
from idp.accounts.sign_in_codes import CODE_JOB, GuessingNotice, SignInCodes
from idp.accounts.store import sessions as session_store
from idp.clock import Clock
from idp.db import Database
from idp.notify import Outbox
from idp.notify.worker import Handler
from idp.web.proof_of_work import ProofOfWork
from idp.web.rate_limit import RateLimiter
from keys.sealing import Sealer

HISTORY_KEPT = 180 * 24 * 3600
"""Seconds for which ended sessions and the sign-in history are kept."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every service of this package."""

    database: Database
    clock: Clock
    settings: ProviderSettings
    common: Common
    passwords: Passwords
    confirmations: Confirmations
    sessions: Sessions
    browser: Browser
    device_cookies: DeviceCookies
    failure_rate: FailureRate
    network_limits: NetworkLimits
    proof_of_work: ProofOfWork
    sign_in: PasswordSignIn
    sign_in_codes: SignInCodes
    registration: Registration
    recovery: Recovery
    recovery_email: RecoveryEmail
    addresses: Addresses
    address_proofs: AddressProofs
    profile: Profile
    lockdown: Lockdown
    revocation: Revocation
    new_password: NewPassword
    password_advice: PasswordAdvice
    claims: Claims
    jobs: Mapping[str, Handler]
    """Handlers for the outbox's worker, by kind of message."""

    def purge(self) -> None:
        """Forget what has had its time; call it about once an hour."""
        with self.database.write() as tx:
            self.confirmations.purge(tx)
            self.sign_in_codes.purge(tx)
            self.device_cookies.purge(tx)
            self.failure_rate.purge(tx)
            self.common.notices.alarms.purge(tx)
            session_store.remove_older(tx, self.clock() - HISTORY_KEPT)


def build(  # noqa: PLR0917 — what the composition root has
    database: Database, settings: ProviderSettings, clock: Clock, sealer: Sealer, outbox: Outbox, limiter: RateLimiter
) -> Accounts:
    """Return the services, sharing what they have in common."""
    base_url, lifetimes = settings.issuer, settings.lifetimes
    passwords = Passwords(settings.passwords)
    mail_limits = MailLimits(limiter)
    confirmations = Confirmations(sealer, clock, lifetimes, mail_limits)
    sessions = Sessions(database, clock, lifetimes)
    alarms = Alarms(clock, seconds=settings.strong.alarm)
    notices = Notices(outbox, clock, alarms, Places(settings.geoip_database), base_url)
    common = Common(database, clock, outbox, notices, Brake(database, limiter), base_url)
    failure_rate = FailureRate(database, clock, settings.proof_of_work)
    proof_of_work = ProofOfWork(sealer.derive("proof of work"), clock, settings.proof_of_work)
    network_limits = NetworkLimits(database, limiter, failure_rate)
    sign_in = PasswordSignIn(
        common, passwords, limiter, network_limits, failure_rate, sealer.derive("stand-in accounts")
    )
    sign_in_codes = SignInCodes(common, sign_in, limiter, failure_rate, sealer.derive("sign-in codes"))
    revocation = Revocation(sessions, confirmations)
    new_password = NewPassword(common, passwords, revocation)
    secure = base_url.startswith("https:")
    cookies = SessionCookies(secure=secure)
    device_cookies = DeviceCookies(database, clock, secure=secure)
    revocation.on_revoke.append(lambda tx, account_id, _reason: device_cookies.forget(tx, account_id))
    return Accounts(
        database=database,
        clock=clock,
        settings=settings,
        common=common,
        passwords=passwords,
        confirmations=confirmations,
        sessions=sessions,
        browser=Browser(sessions, cookies, remembered_seconds=lifetimes.remembered_session),
        device_cookies=device_cookies,
        failure_rate=failure_rate,
        network_limits=network_limits,
        proof_of_work=proof_of_work,
        sign_in=sign_in,
        sign_in_codes=sign_in_codes,
        registration=Registration(common, passwords, confirmations, reserved=settings.reserved_usernames),
        recovery=Recovery(common, confirmations, new_password),
        recovery_email=RecoveryEmail(common, confirmations, waiting_seconds=lifetimes.recovery_waiting),
        addresses=Addresses(common, confirmations, waiting_seconds=lifetimes.recovery_waiting),
        address_proofs=AddressProofs(common, confirmations),
        profile=Profile(common, sign_in, new_password, sessions),
        lockdown=Lockdown(common, revocation),
        revocation=revocation,
        new_password=new_password,
        password_advice=PasswordAdvice(database, passwords, new_password),
        jobs={
            **jobs(common, confirmations, mail_limits),
            CODE_JOB: sign_in_codes,
            GUESSING_JOB: GuessingNotice(common, limiter),
        },
        claims=Claims(database),
    )
