"""The certificate service's composition root."""

from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _l

from clients.certificates import views
from clients.certificates.issuance import Issuance
from clients.certificates.publishing import Publishing
from clients.sso.app import create_app
from config.settings import RelyingPartySettings, load_relying_party
from keys import Sealer
from keys.ca import Addresses, Authority, Profile
from keys.ca.storage import publish

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: RelyingPartySettings | None = None) -> Flask:
    """Return the app; without `settings`, as the files and the environment say."""
    settings = settings or load_relying_party("certificates")
    ca = settings.ca
    app = create_app(
        settings,
        title=_l("Certificates"),
        home="/certificates",
        blueprints=[views.blueprint()],
        migrations=MIGRATIONS,
        scope=["roles"],
    )

    def now() -> int:
        # OCSP is answered outside of the app's requests.
        return int(app.extensions["sso"].clock())

    authority = Authority.in_folder(
        settings.data_dir / "keys" / "ca",
        Sealer.from_folder(settings.data_dir / "keys", [one.get_secret_value() for one in ca.sealing_keys]),
        Profile(lifetime=ca.lifetime, renew_before=ca.renew_before, key_kinds=ca.key_kinds),
        Addresses(ca.base or settings.base_url),
        name=settings.brand.ca,
        now=now(),
    )
    # For programs that trust it, the provider first of all.
    publish(settings.data_dir / "certificates", authority.root, authority.issuing)
    publishing = Publishing(authority, now, answer_seconds=ca.answer_seconds, list_seconds=ca.list_seconds)
    publishing.install(app)
    app.extensions["certificates"] = Issuance(authority, now, publishing.changed)
    return app
