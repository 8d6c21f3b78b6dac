"""What the installation offers, as links: its services, and the account itself."""

from collections.abc import Mapping

from flask_babel import gettext as _

from clients.dashboard.widgets.contract import Card, Item, Listing, Manifest, Viewer, Widget
from config.settings import RelyingPartySettings


def widget(settings: RelyingPartySettings) -> Widget:
    """Return it; `settings` say where the services are."""
    manifest = Manifest(
        id="services",
        title={"en": "My services"},
        description={"en": "Filing, pairing, certificates and your account: the ways there."},
        subject="general",
        width=6,
        height=4,
    )
    return Widget(manifest, _Services(settings))


class _Services:
    def __init__(self, settings: RelyingPartySettings) -> None:
        self._settings = settings

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> Card:  # noqa: ARG002 - the contract's; everybody has the same
        filing, pairing, certificates = (
            self._settings.services.get(name) for name in ("filing", "pairing", "certificates")
        )
        account = self._settings.brand.account
        items = [
            Item(title=_("Filing"), url=f"{filing}/drafts", detail=_("Prepare applications for patents, trademarks and designs. It opens with a second step besides your password.")) if filing else None,
            Item(title=_("Pairing"), url=f"{pairing}/", detail=_("Join your account to the office you work for, to see what concerns your office.")) if pairing else None,
            Item(title=_("Certificates"), url=f"{certificates}/certificates", detail=_("A key on your device that confirms a sign-in with a click: ask for it, back it up, renew it.")) if certificates else None,
            Item(title=account, url=f"{self._settings.issuer}/account", detail=_("Your password, the addresses that get you back in, and where you are signed in.")),
        ]  # fmt: skip
        return Card(blocks=(Listing(items=tuple(one for one in items if one)),))
