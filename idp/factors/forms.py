"""The forms of the security page."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from config.forms import BaseForm
from config.parsing import one_line
from idp.factors.service import NAME_LENGTH


class ActionForm(BaseForm):
    """Buttons only; carries the CSRF token."""


class NameForm(BaseForm):
    """Another name for something enrolled."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Give it a name.")),
            Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters.")),
        ],
    )
