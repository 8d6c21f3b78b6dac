"""What is said to people of refusals, in their language: one sentence for each, and what to do next."""

from flask_babel import gettext as _

from clients.certificates.enrolments import NotNowError
from clients.certificates.looking_after import NotRenewableError
from keys.ca import RefusedRequestError


def of_request(error: RefusedRequestError) -> str:
    """Say why a key isn't taken."""
    return {
        "malformed": _("What your browser sent isn’t a request for a certificate. Load the page again, and press the button once more."),
        "signature": _("Your browser didn’t prove that it has the key. Load the page again, and press the button once more."),
        "kind": _("Keys of this kind aren’t certified. Choose one of those on this page."),
        "weak": _("This key is too weak: it could be guessed. Have your browser make another one."),
        "reused": _("There has been a certificate for this key already. Have your browser make a new one."),
    }[error.reason]  # fmt: skip


def of_pick_up(error: NotNowError, minutes: int = 1) -> str:
    """Say why there is nothing to pick up, or not with this code."""
    return {
        "waiting": _("An officer hasn’t decided yet. You get a message as soon as it is ready."),
        "rejected": _("This request was rejected. You can make a new one."),
        "withdrawn": _("You have taken this request back. You can make a new one."),
        "expired": _("Nobody picked it up in time. Make a new request: your officer can approve it again."),
        "done": _("It has been picked up already: a request makes one certificate. Use its back-up copy on other devices."),
        "code": _("That isn’t the enrolment code of this request. Check it, or get a new one."),
        "slow": _("Too many wrong codes. Wait %(count)d min. before you try again, or get a new code.", count=minutes),
        "locked": _("This code is locked: it was wrong too often. Get a new one, then go on here."),
    }[error.why]  # fmt: skip


def of_renewal(error: NotRenewableError) -> str:
    """Say why a certificate can't be renewed."""
    return {
        "early": _("It is too early: a certificate can be renewed in the last weeks before its end. We remind you."),
        "expired": _("This certificate has ended, so it can’t be renewed. Ask for a new one."),
        "revoked": _("This certificate is revoked, so it can’t be renewed. Ask for a new one."),
        "renewed": _("This certificate has been renewed already."),
        "changed": _(
            "Your name has changed since an officer decided on it. Load the page again: an officer has to decide on the new one."
        ),
    }[error.why]
