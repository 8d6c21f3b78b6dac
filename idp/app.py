"""The composition root: the only module that knows every package. Every concrete object of the provider is made here, once.

Two applications stand behind one door: the machine endpoints (`oauth.machine`) and Flask, which serves everything a person sees.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, redirect, request
from werkzeug.wrappers import Response

from config.hosts import KnownHosts
from config.parsing import shorten_headers
from config.settings import ProviderSettings
from idp import clock as real_clock
from idp import schema, web
from idp.accounts import ports as account_ports
from idp.accounts import views as account_views
from idp.accounts.build import Accounts
from idp.accounts.build import build as build_accounts
from idp.accounts.strength import AAL2
from idp.adapters import Observer, Services, configured, document, redirected
from idp.clock import Clock
from idp.db import Database, db
from idp.factors.build import Strong
from idp.factors.build import build as build_strong
from idp.factors.certificate import openapi as certificates_document
from idp.factors.certificate.endpoint import PATH as CERTIFICATES
from idp.factors.certificate.endpoint import SCOPE as CERTIFICATES_SCOPE
from idp.factors.certificate.endpoint import Endpoint as CertificatesEndpoint
from idp.factors.certificate.endpoint import NewCertificate
from idp.factors.certificate.listener import Listener
from idp.factors.push.notices import DeviceNotices
from idp.help import views as help_views
from idp.login import views as login_views
from idp.login.certificate_views import CertificatePages
from idp.login.dispatcher import Dispatcher
from idp.login.lost_views import LostPages
from idp.login.mail_code_views import MailCodePages
from idp.login.more_views import MorePages, lead_on
from idp.login.passkey_views import PasskeyPages
from idp.login.password_step import PasswordStep
from idp.login.work_step import WorkStep
from idp.notify import Outbox
from idp.notify.outbound import Outbound
from idp.notify.store import OutboxStore
from idp.oauth import api_document, browser_views
from idp.oauth.access_tokens import AccessTokens
from idp.oauth.client import ClientRegistry
from idp.oauth.client_auth import ClientAuthenticator
from idp.oauth.endpoints import metadata
from idp.oauth.id_token_hints import IdTokenHints
from idp.oauth.key_sets import ClientKeys
from idp.oauth.logout import Logout
from idp.oauth.machine import Machine
from idp.oauth.minting import Minting
from idp.oauth.parts import Parts
from idp.oauth.registration import Registration
from idp.oauth.server import AuthorizationServer
from idp.oauth.service_access import ServiceAccess
from idp.oauth.service_guard import ServiceGuard
from idp.oauth.store.families import revoke_all
from idp.relay import openapi as notices_document
from idp.relay.endpoint import PATH as NOTICES
from idp.relay.endpoint import SCOPE as NOTICES_SCOPE
from idp.relay.endpoint import Endpoint as NoticesEndpoint
from idp.relay.inbox import InboxNotices
from idp.relay.service import Relay
from idp.web.rate_limit import RateLimiter
from keys import KeyStore, Sealer, Signer, jwks, local_tls

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Core:
    """What every program of the provider needs: the web server, the worker and the CLI. No page is in it."""

    settings: ProviderSettings
    clock: Clock
    database: Database
    keys: KeyStore
    sealer: Sealer
    signer: Signer
    outbox: Outbox
    rate_limiter: RateLimiter
    accounts: Accounts
    strong: Strong
    clients: ClientRegistry
    registration: Registration
    minting: Minting
    logout: Logout
    hints: IdTokenHints
    relay: Relay

    def configure_clients(self) -> None:
        """Bring the clients of the settings into the database."""
        for client_id, client in self.settings.clients.items():
            self.registration.configure(client_id, configured(client), secret=client.read_secret())

    def certificates_listener(self) -> Listener | None:
        """Return what asks browsers for certificates, ready to start; None where nothing does, or a proxy. Raises OSError, ValueError."""
        port = self.settings.strong.certificate.listens_at
        if port is None:
            return None
        certificate, key = self.settings.tls_files or local_tls.ensure(
            self.settings.data_dir / "keys" / "tls", now=self.clock()
        )
        return Listener(self.strong.certificates.door, self.settings.host, port, certificate=certificate, key=key)


def build_core(settings: ProviderSettings, *, clock: Clock = real_clock.now) -> Core:
    """Make the objects below the pages."""
    database = Database(settings.database_url)
    keys = KeyStore(settings.data_dir / "keys")
    sealer = Sealer.from_folder(settings.data_dir / "keys", [root.get_secret_value() for root in settings.sealing_keys])
    signer = Signer(keys, clock)
    outbox = Outbox(sealer, clock)
    rate_limiter = RateLimiter(clock, settings.rate_limits, sealer.derive("rate limits"))
    accounts = build_accounts(database, settings, clock, sealer, outbox, rate_limiter)
    clients = ClientRegistry(database)
    hints = IdTokenHints(signer, settings.issuer)
    logout = Logout(clients, hints, outbox.logout_token, clock)
    strong = build_strong(accounts, settings, sealer)
    accounts.common.notices.on_tell.append(DeviceNotices(outbox).tell)
    if "dashboard" in settings.services:
        accounts.common.notices.on_tell.append(InboxNotices(outbox).tell)
    accounts.sessions.on_end += [logout.sessions_ended, strong.sessions_ended]
    accounts.new_password.has_second_step = lambda account_id: bool(strong.standings.of(account_id).methods)
    accounts.revocation.on_revoke += [
        lambda tx, account_id, _reason: strong.revoke(tx, account_id),
        lambda tx, account_id, reason: revoke_all(tx, account_id, reason=reason, now=clock()),
    ]
    accounts.lockdown.on_lock.append(strong.locked)
    return Core(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        sealer=sealer,
        signer=signer,
        outbox=outbox,
        rate_limiter=rate_limiter,
        accounts=accounts,
        strong=strong,
        clients=clients,
        registration=Registration(database, clients, clock),
        minting=Minting(signer, settings, clock, sealer.derive("refresh-successor")),
        logout=logout,
        hints=hints,
        relay=Relay(database, outbox, clients, clock, settings.relay),
    )


class Provider:
    """The whole provider as one WSGI application."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.flask = Flask("idp", static_folder=None)
        self.machine = _mount(self.flask, core)
        settings = core.settings
        self._known = KnownHosts(self._answer, [settings.issuer], trusted_proxies=settings.trusted_proxies)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer. The certificates' door has a host of its own, and looks at it itself."""
        shorten_headers(environ)
        door = self.core.strong.certificates.door
        if door.takes(environ):
            return redirected(*door.forwarded(environ), start_response)
        return self._known(environ, start_response)

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self.machine.route(environ["PATH_INFO"]):
            return self.machine(environ, start_response)
        return self.flask(environ, start_response)


def build(settings: ProviderSettings, *, clock: Clock = real_clock.now) -> Provider:
    """Make the provider."""
    return Provider(build_core(settings, clock=clock))


def _mount(app: Flask, core: Core) -> Machine:
    settings, database, accounts = core.settings, core.database, core.accounts
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    shared = web.init_app(
        app,
        settings,
        sealer_key=core.sealer.derive("session"),
        preferred_language=lambda: _language_of(accounts.browser.current(request)),
        checks={
            "database": lambda: database.read().one("SELECT 1 AS one"),
            "migrations": lambda: schema.is_current(database),
            "keys": lambda: core.keys.load().signing_key("ES256", core.clock()),
        },
        outbox_depth=OutboxStore(database).waiting,
    )
    parts = _parts(core)
    dispatcher = Dispatcher(
        accounts,
        core.strong,
        interaction_seconds=settings.lifetimes.interaction,
        most_open=settings.rate_limits.open_sign_ins,
        service_url=lambda client_id: client.client_uri if (client := core.clients.find(client_id)) else "",
    )
    authorization = browser_views.Authorization(parts, core.hints)
    dispatcher.finish["authorize"] = authorization.resume
    dispatcher.again["authorize"] = authorization.address
    ports = account_ports.Ports(
        sign_in=dispatcher,
        services=Services(ServiceAccess(database, core.clients, core.clock)),
        method_title=core.strong.registry.title,
        level_needed=lambda account_id: AAL2 if core.strong.standings.of(account_id).methods else "",
        lead_on=lambda path: lead_on(dispatcher, path),
    )
    protocol_pages = browser_views.blueprint(authorization, core.logout, dispatcher)
    login_pages = login_views.Pages(
        dispatcher, PasswordStep(accounts), WorkStep(accounts, core.sealer), accounts, core.strong, shared
    )
    for routes in (
        protocol_pages,
        login_views.blueprint(
            login_pages,
            MorePages(dispatcher, core.strong, shared),
            LostPages(dispatcher, core.strong),
            passkeys=PasskeyPages(dispatcher, core.strong, shared),
            certificates=CertificatePages(dispatcher, core.strong, shared),
            mail_codes=MailCodePages(dispatcher, accounts, shared),
        ),
        account_views.blueprint(accounts, ports),
        *core.strong.blueprints(ports),
        help_views.blueprint(settings),
        Blueprint("relay", "idp.relay", template_folder="templates"),  # the mails that it sends
    ):
        app.register_blueprint(routes)
    # Other sites send people here by POST as well (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2).
    for name in ("oauth.authorize", "oauth.end_session"):
        shared.csrf.exempt(app.view_functions[name])
    # Its form checks the token by itself, and comes back with what was typed when the page was open for too long.
    shared.csrf.exempt(app.view_functions["accounts.create_account"])

    @app.get("/")
    def home() -> Response:
        return redirect("/account", browser_views.SEE_OTHER)

    machine = Machine(
        AuthorizationServer(parts),
        lambda: jwks.document(core.keys.load()),
        Observer(shared.metrics, behind_proxy=settings.trusted_proxies > 0),
    )
    guard = ServiceGuard(core.clients, parts.access_tokens, settings.issuer)
    machine.paths[NOTICES] = NoticesEndpoint(core.relay, guard)
    certificates = CertificatesEndpoint(core.strong.certificates.registration, guard)
    machine.paths |= {CERTIFICATES: certificates.collection, f"{CERTIFICATES}/": certificates.one}
    machine.publish(api_document.PATH, _api_document(settings))
    return machine


def _api_document(settings: ProviderSettings) -> bytes:
    scopes = {NOTICES_SCOPE: "Tell people of something.", CERTIFICATES_SCOPE: "Register and remove certificates."}
    return api_document.compose(
        settings.issuer,
        settings.brand.account,
        notices_document.paths(NOTICES, NOTICES_SCOPE) | certificates_document.paths(CERTIFICATES, CERTIFICATES_SCOPE),
        notices_document.schemas() | certificates_document.schemas(NewCertificate.model_json_schema()),
        scopes,
    )


def _parts(core: Core) -> Parts:
    settings = core.settings
    outbound = Outbound(settings.outbound)
    audiences = (settings.issuer, settings.issuer + metadata.PATHS["token_endpoint"])
    return Parts(
        settings=settings,
        database=core.database,
        clock=core.clock,
        clients=core.clients,
        authenticator=ClientAuthenticator(
            core.clients, ClientKeys(lambda url: document(outbound, url)), core.database, core.clock, audiences
        ),
        minting=core.minting,
        access_tokens=AccessTokens(core.signer, core.keys, core.database, core.clock, settings.issuer),
        subjects=core.accounts.claims,
        keep_session_alive=core.accounts.sessions.keep_alive,
    )


def _language_of(session: Any) -> str | None:  # noqa: ANN401
    return session.locale if session else None
