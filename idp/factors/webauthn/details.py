"""What a security page shows of a key: as values, and in words."""

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _

from idp.db import Row
from idp.factors.webauthn.known_models import name_of
from idp.factors.webauthn.options import Kind


@dataclass(frozen=True, slots=True)
class Details:
    """A key, as far as it has told about itself."""

    factor_id: str
    account_id: str
    name: str
    model: str
    """What people call the model; empty: not known."""
    transports: tuple[str, ...]
    """How it is reached: `internal`, `hybrid`, `usb`, `nfc`, `ble`…"""
    backed_up: bool
    """There is a copy with a password manager now."""
    device_bound: bool
    """It can't leave its device; otherwise it may be on several of them."""
    attested: bool
    """Its maker has vouched for that."""
    signs_in_alone: bool | None
    """It can be used without a password; None: nobody knows."""
    copied: bool
    """There are two of it, so it isn't accepted any more."""
    created_at: int
    last_used_at: int | None

    @property
    def kind(self) -> Kind:
        """What people call it."""
        built_in = {"internal", "hybrid"}.intersection(self.transports)
        return "passkey" if built_in or not self.device_bound else "security_key"

    @property
    def kept(self) -> Literal["device", "backed_up", "not_backed_up"]:
        """Where it is."""
        if self.device_bound:
            return "device"
        return "backed_up" if self.backed_up else "not_backed_up"


def details(row: Row) -> Details:
    """Return the details of a row of `webauthn_key` with its factor's columns."""
    return Details(
        factor_id=row["factor_id"],
        account_id=row["account_id"],
        name=row["name"],
        model=name_of(row["aaguid"]),
        transports=tuple(row["transports"].split()),
        backed_up=bool(row["backed_up"]),
        device_bound=not row["backup_eligible"],
        attested=bool(row["attested"]),
        signs_in_alone=None if row["discoverable"] is None else bool(row["discoverable"]),
        copied=row["copied_since"] is not None,
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )


def kept_text(key: Details) -> str:
    """Return where it is, in the reader's language."""
    match key.kept:
        case "device":
            return _("stays on its device")
        case "backed_up":
            return _("backed up, works on your other devices too")
        case "not_backed_up":
            return _("not backed up yet")


def transports_text(key: Details) -> str:
    """Return how it is reached, in the reader's language; empty: it didn't say."""
    names = {
        "internal": _("built in"),
        "hybrid": _("by phone"),
        "cable": _("by phone"),
        "usb": _("USB"),
        "nfc": _("NFC"),
        "ble": _("Bluetooth"),
        "smart-card": _("smart card"),
    }
    return ", ".join(dict.fromkeys(names[one] for one in key.transports if one in names))


def summary(key: Details) -> str:
    """Return a line about a key, in the reader's language."""
    said = [_("may have been copied and isn’t accepted any more: remove it") if key.copied else ""]
    said += [key.model if key.model != key.name else "", kept_text(key), transports_text(key)]
    return " · ".join(one for one in said if one)


def facts(key: Details) -> list[tuple[str, str]]:
    """Return names and values about a key, in the reader's language."""
    found = [
        (_("Model"), key.model),
        (_("Where it is"), kept_text(key)),
        (_("Connection"), transports_text(key)),
        (_("Without password"), _("can sign you in by itself") if key.signs_in_alone else ""),
        (_("Maker"), _("vouches that it can’t be copied") if key.attested else ""),
    ]
    return [(name, value[:1].upper() + value[1:]) for name, value in found if value]
