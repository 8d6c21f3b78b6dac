"""The forms of the sign-in steps. Field names are part of the contract with scripts (`username`, `password`)."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from config.forms import BaseForm


class SignInForm(BaseForm):
    """Username and password."""

    username = StringField(_l("Username"), [InputRequired(_l("Enter your username or e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    remember = BooleanField(_l("Stay signed in on this device"))


class ProveAgainForm(BaseForm):
    """The password alone: whose it is, is known."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class MailCodeForm(BaseForm):
    """The code that was mailed because many wrong passwords were typed for this account."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code from the mail."))])


class StepForm(BaseForm):
    """Buttons only; carries the CSRF token."""
