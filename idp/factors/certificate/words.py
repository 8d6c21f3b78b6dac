"""What people read when a certificate wasn't accepted: what happened, and what to do."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.factors.certificate.crypto import Refused

_WHY = {
    "none": _l(
        "Your browser showed no certificate: there is none in it, or you closed its question. It asks again in a new private window, or after you’ve closed all its windows."
    ),
    "malformed": _l("The certificate that your browser showed can’t be read. Choose another one, or use another way."),
    "self_signed": _l(
        "The certificate that your browser showed was issued by nobody but itself. Choose the one that you got from us."
    ),
    "other_authority": _l(
        "The certificate that your browser showed is from another authority. Choose the one that you got from us."
    ),
    "not_yet_valid": _l("The certificate isn’t valid yet. Try again later, or use another way."),
    "expired": _l("The certificate has expired. Use another way, then get a new one."),
    "purpose": _l("The certificate isn’t one for signing in. Choose another one."),
    "revoked": _l("The certificate was revoked and can’t be used any more. Use another way, then get a new one."),
    "unchecked": _l(
        "We can’t find out at the moment whether the certificate was revoked. Try again in a minute, or use another way."
    ),
    "unknown": _l("The certificate isn’t registered here. If you got it just now, try again in a minute."),
    "other_account": _l("The certificate belongs to another account. Choose the one of this account."),
    "forged": _l(
        "The certificate came in a way that we don’t believe. Use another way, and tell us if you don’t know why."
    ),
}


def refusal(reason: Refused) -> str:
    """Return why, in the reader's language."""
    return str(_WHY[reason])


def replayed() -> str:
    """Return what to say of a result that was used before."""
    return str(_("This step was used before. Press the button again."))


def expired() -> str:
    """Return what to say of a result that came too late, or from another sign-in."""
    return str(_("This took too long. Press the button again."))


def nothing() -> str:
    """Return what to say when there is no result at all."""
    return str(_("Press “Use my certificate” first."))


def first_use() -> str:
    """Return what to say of a certificate that nobody has used yet: the first time it comes after the password, as any second factor."""
    return _("Use this certificate once after your password. From then on it signs you in by itself.")
