"""The form that carries new codes."""

from flask_wtf import FlaskForm
from wtforms import HiddenField


class CodesForm(FlaskForm):
    """Codes that were shown and aren't kept yet."""

    setup = HiddenField()
