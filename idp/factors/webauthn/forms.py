"""The forms of the pages where a key is added."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from config.forms import BaseForm


class AddForm(BaseForm):
    """What the browser has made, as JSON."""

    credential = HiddenField(_l("Key"), default="")
