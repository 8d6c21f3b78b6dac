"""The form that sets up an app."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from config.forms import BaseForm
from config.parsing import one_line


class SetupForm(BaseForm):
    """The first code of an app."""

    setup = HiddenField()
    code = StringField(_l("Code from the app"), [InputRequired(_l("Enter the code that the app shows."))])
    name = StringField(
        _l("Name"), filters=[one_line], validators=[Length(max=60, message=_l("Use at most %(max)d characters."))]
    )
