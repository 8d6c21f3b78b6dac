"""What people and officers fill in. Whether a key or a code is good is the use cases' business."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from config.forms import BaseForm
from config.parsing import one_line

LONGEST_TEXT = 500


_too_long = Length(max=LONGEST_TEXT, message=_l("Use at most %(max)d characters."))


class EnrolForm(BaseForm):
    """A request. `request` is filled by the browser when the button is pressed."""

    purpose = TextAreaField(
        _l("What do you need it for?"),
        filters=[one_line],
        validators=[DataRequired(_l("Say what you need the certificate for: an officer reads it.")), _too_long],
    )
    kind = RadioField(
        _l("Kind of key"),
        choices=[
            SelectChoice("P-256", _l("Elliptic curve, P-256 (recommended)")),
            SelectChoice("RSA-3072", _l("RSA, 3072 bits: for old systems that know nothing else")),
        ],
        default="P-256",
    )
    request = HiddenField()


class RenewForm(BaseForm):
    """The next certificate's key."""

    kind = EnrolForm.kind
    request = HiddenField()


class PickUpForm(BaseForm):
    """With the enrolling browser: a button."""


class CodeForm(BaseForm):
    """With another one: the enrolment code, and a request for the key that was made there."""

    code = StringField(_l("Enrolment code"), validators=[DataRequired(_l("Enter the enrolment code."))])
    kind = EnrolForm.kind
    request = HiddenField()


class ConfirmForm(BaseForm):
    """A button."""


class RevokeForm(BaseForm):
    """Why a certificate is of no use any more; the values are those of RFC 5280 section 5.3.1."""

    reason = RadioField(
        _l("Why?"),
        choices=[
            SelectChoice("key_compromise", _l("Somebody else may have the file or its password")),
            SelectChoice("superseded", _l("There is a newer certificate in its place")),
            SelectChoice("affiliation_changed", _l("The work that it was for has changed")),
            SelectChoice("cessation_of_operation", _l("It isn’t needed any more")),
            SelectChoice("unspecified", _l("Another reason")),
        ],
        validators=[InputRequired(_l("Choose why."))],
    )


class OfficerRevokeForm(RevokeForm):
    """The same by an officer, who explains it to the owner."""

    note = TextAreaField(
        _l("Explain it to its owner"),
        filters=[one_line],
        validators=[DataRequired(_l("Explain it: the owner gets your words.")), _too_long],
    )


class DecideForm(BaseForm):
    """An officer's answer; the reason is for a rejection."""

    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("approve", _l("Approve")), SelectChoice("reject", _l("Reject"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    answer = TextAreaField(_l("Reason"), filters=[one_line], validators=[_too_long])

    def validate_answer(self, field: TextAreaField) -> None:
        """Ask for a reason when it is rejected: the person has to know what to do."""
        if self.decision.data == "reject" and not field.data:
            raise ValidationError(_l("Give a reason: the person gets your words."))
