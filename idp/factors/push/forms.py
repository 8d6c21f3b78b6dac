"""The form that confirms a device."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from config.forms import BaseForm
from config.parsing import is_visible


def _printable(text: str | None) -> str:
    kept = "".join(letter for letter in text or "" if letter.isprintable())
    return kept if is_visible(kept) else ""


class ConfirmForm(BaseForm):
    """The number that the device shows, and what to call it."""

    enrolment = HiddenField()
    number = StringField(
        _l("Number on the device"),
        filters=[lambda text: "".join((text or "").split())],
        validators=[InputRequired(_l("Type the number that the device shows."))],
    )
    name = StringField(
        _l("Name"), filters=[_printable], validators=[Length(max=60, message=_l("Use at most %(max)d characters."))]
    )
