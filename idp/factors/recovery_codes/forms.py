"""The form that carries new codes."""

from wtforms import HiddenField

from config.forms import BaseForm


class CodesForm(BaseForm):
    """Codes that were shown and aren't kept yet."""

    setup = HiddenField()
