"""The forms of the pages where a key is added."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField


class AddForm(FlaskForm):
    """What the browser has made, as JSON."""

    credential = HiddenField(_l("Key"), default="")
