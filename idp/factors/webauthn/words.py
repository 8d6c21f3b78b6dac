"""What people read when a key isn't accepted: what happened and what to do, in their language."""

from flask_babel import gettext as _

from idp.factors.webauthn.crypto import Fault
from idp.factors.webauthn.enrolment import Problem


def unknown() -> str:
    """It was removed here, or is another installation's."""
    return _(
        "This passkey isn’t in use here any more. Sign in another way; you can add a new one on your security page."
    )


def second_step_only() -> str:
    """It doesn't know whose it is."""
    return _("This key can’t sign you in by itself. Sign in with your password first, then use it as the second step.")


def shut(*, locked: bool) -> str:
    """The account is; said with the words of the password's page."""
    if locked:
        return _(
            "This account is locked, because its owner said “It wasn’t me”. Choose “Forgot your password?” to open it again."
        )
    return _("This account is closed. Contact us if you think that is a mistake.")


def nothing() -> str:
    """No answer came with the form."""
    return _("Nothing came from your key. Try again, or choose another method.")


def not_yours() -> str:
    """It is somebody else's."""
    return _("This key doesn’t belong to this account. Use one that you added here.")


def expired() -> str:
    """Answered too late, or twice."""
    return _("That took too long, or was sent twice. Try again.")


def not_verified() -> str:
    """The device hasn't asked for PIN or biometrics."""
    return _(
        "Your key didn’t check that it’s you. Set up a PIN, fingerprint or face on it, or sign in with your password first."
    )


def copied(name: str) -> str:
    """There may be two of it."""
    return _(
        "“%(name)s” may have been copied, so we don’t accept it any more. Use another method, then remove this one on your security page.",
        name=name,
    )


def invalid(fault: Fault) -> str:
    """What came isn't an answer to us."""
    if fault == "elsewhere":
        return _("This sign-in came through another website. Open our page directly and try again.")
    return _("We couldn’t verify your key. Check that the address of this page is the right one, and try again.")


def enrolment(problem: Problem) -> str:
    """Why a key wasn't added."""
    match problem:
        case "expired":
            return expired()
        case "known":
            return _("This key is registered already. Use another one.")
        case "unknown_maker":
            return _(
                "Only keys from makers that we trust can be used here, and this one didn’t prove its maker. Use another one."
            )
        case "other_model":
            return _("This model of key can’t be used here. Ask your organization which ones are allowed.")
        case "elsewhere":
            return invalid("elsewhere")
        case "invalid":
            return _("We couldn’t verify your key, so it wasn’t added. Try again, or use another one.")
