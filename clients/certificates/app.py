"""The certificate service's composition root."""

from collections.abc import Callable
from pathlib import Path
from time import time

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask_babel import lazy_gettext as _l

from clients.certificates import keeping, officers, picking_up, views
from clients.certificates.codes import Codes
from clients.certificates.delivery import Delivery
from clients.certificates.enrolments import Enrolments
from clients.certificates.issuance import Issuance
from clients.certificates.looking_after import LookingAfter
from clients.certificates.publishing import Publishing
from clients.sso import background
from clients.sso.app import create_app
from config.secrets import shared_secret
from config.settings import RelyingPartySettings, load_relying_party
from keys import Sealer
from keys.ca import Addresses, Authority, Profile
from keys.ca.storage import publish

MIGRATIONS = Path(__file__).parent / "migrations"
_HOUR = 3600


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("certificates")
    app: Flask

    def now() -> int:
        # OCSP is answered outside of the app's requests.
        return int(app.extensions["sso"].clock())

    authority = _authority(settings)
    ca = settings.ca
    publishing = Publishing(authority, now, answer_seconds=ca.answer_seconds, list_seconds=ca.list_seconds)
    issuance = Issuance(authority, now, publishing.changed)
    # A secret of its own: the one of the sessions may be replaced at any time, this one only together with all codes.
    codes = Codes(shared_secret(settings.data_dir / "secrets" / "certificates.codes"))
    where = {"issuer": settings.issuer, "base_url": settings.base_url}
    enrolments = Enrolments(issuance, codes, now, pick_up_seconds=ca.pick_up, **where)
    looking_after = LookingAfter(issuance, now, **where)
    chain = [one.public_bytes(Encoding.DER) for one in (authority.issuing, authority.root)]
    app = create_app(
        settings,
        title=_l("Certificates"),
        home="/certificates",
        blueprints=[
            views.blueprint(enrolments, looking_after, f"{settings.issuer}/account/profile"),
            picking_up.blueprint(enrolments),
            keeping.blueprint(looking_after, enrolments, chain, settings),
            officers.blueprint(enrolments, looking_after),
        ],
        migrations=MIGRATIONS,
        scope=["roles"],
    )
    publishing.install(app)
    app.extensions["certificates"] = issuance
    app.extensions["delivery"] = Delivery(app)
    # Beside the pages, about how often, in seconds.
    app.extensions["chores"] = (
        ("revocation lists", publishing.publish, 1),
        ("reminders", _in(app, looking_after.remind), _HOUR),
        ("requests that ended", _in(app, enrolments.expire), _HOUR),
    )
    return app


def served() -> Flask:
    """Return the app as it is served: with the threads that tell others what has happened, and those of its chores."""
    app = create()
    app.extensions["delivery"].start()
    for name, run_once, pause in app.extensions["chores"]:
        background.begin(run_once, name, pause=pause)
    return app


def _in(app: Flask, act: Callable[[], int]) -> Callable[[], int]:
    def run_once() -> int:
        with app.app_context():
            return act()

    return run_once


def _authority(settings: RelyingPartySettings) -> Authority:
    ca = settings.ca
    authority = Authority.in_folder(
        settings.data_dir / "keys" / "ca",
        Sealer.from_folder(settings.data_dir / "keys", [one.get_secret_value() for one in ca.sealing_keys]),
        Profile(lifetime=ca.lifetime, renew_before=ca.renew_before, key_kinds=ca.key_kinds),
        Addresses(ca.base or settings.base_url),
        name=settings.brand.ca,
        now=int(time()),
    )
    # For programs that trust it, the provider first of all.
    publish(settings.data_dir / "certificates", authority.root, authority.issuing)
    return authority
