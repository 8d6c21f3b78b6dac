"""The forms of people's pages: what may be typed, and what to say when it isn't possible. Looks nothing up."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, PasswordField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.validators import Regexp as Pattern

from config.forms import BaseForm
from config.parsing import LONGEST_TYPED, is_visible
from idp.accounts.identifiers import normal_address, normal_username
from idp.accounts.usernames import is_single_script


def _one_line(text: str | None) -> str:
    line = " ".join(
        "".join(letter for letter in (text or "")[:LONGEST_TYPED] if letter.isprintable() or letter.isspace()).split()
    )
    return line if is_visible(line) else ""


def _lines(text: str | None) -> str:
    return "\n".join(line for line in map(_one_line, (text or "")[:LONGEST_TYPED].splitlines()) if line)


def _email_address(_form: BaseForm, field: Field) -> None:
    """Accept what mail can be sent to, and keep its normal form."""
    address = normal_address(field.data)
    if address is None:
        raise ValidationError(_l("Enter an e-mail address like name@example.org."))
    field.data = address


def _username(_form: BaseForm, field: Field) -> None:
    """Accept what can be told apart from an e-mail address and typed on any keyboard, and keep its normal form."""
    username = normal_username(field.data)
    if username is None:
        raise ValidationError(_l("Use 3 to 64 letters and digits. A dot, hyphen or underscore may stand between them."))
    if not is_single_script(username):
        raise ValidationError(_l("Use letters of one script: this one mixes letters that look alike."))
    field.data = username


def _email_field() -> EmailField:
    entered = DataRequired(_l("Enter an e-mail address."))
    return EmailField(_l("E-mail address"), filters=[_one_line], validators=[entered, Length(max=320), _email_address])


def _code_field() -> StringField:
    entered = DataRequired(_l("Enter the code from the mail."))
    return StringField(_l("Code"), filters=[_one_line], validators=[entered, Length(max=40)])


def _new_password_field() -> PasswordField:
    # How good it is, the service decides. A browser would cut what is pasted at a `maxlength` in silence, so there is none.
    return PasswordField(_l("Password"), validators=[InputRequired(_l("Choose a password."))])


class SignUpForm(BaseForm):
    """Create an account."""

    name = StringField(
        _l("Your name"), filters=[_one_line], validators=[DataRequired(_l("Enter your name.")), Length(max=200)]
    )
    username = StringField(
        _l("Username"), filters=[_one_line], validators=[DataRequired(_l("Choose a username.")), _username]
    )
    email = _email_field()
    password = _new_password_field()
    language = SelectField(_l("Language"))
    country = SelectField(_l("Country or territory"), validators=[InputRequired(_l("Choose where you live or work."))])
    terms = BooleanField(
        _l("I accept the terms of use and the privacy policy"),
        validators=[InputRequired(_l("Accept the terms of use and the privacy policy to continue."))],
    )

    def __init__(self, languages: Sequence[str]) -> None:
        super().__init__()
        self.language.choices = language_choices(languages)
        self.country.choices = country_choices(str(get_locale()))


class ConfirmCodeForm(BaseForm):
    """Confirm by code."""

    code = _code_field()


class EmailForm(BaseForm):
    """Ask for an e-mail address, and nothing else."""

    email = _email_field()


class ForgotPasswordForm(BaseForm):
    """Whose password it is: a username or an address."""

    username = StringField(
        _l("Username or e-mail address"),
        filters=[_one_line],
        validators=[DataRequired(_l("Enter your username or e-mail address.")), Length(max=320)],
    )


class NewPasswordForm(BaseForm):
    """A new password, after a link or a code."""

    password = _new_password_field()


class ChangePasswordForm(BaseForm):
    """A new password, by who knows the present one."""

    current_password = PasswordField(
        _l("Current password"), validators=[InputRequired(_l("Enter your current password."))]
    )
    password = PasswordField(_l("New password"), validators=[InputRequired(_l("Choose a new password."))])


class ActionForm(BaseForm):
    """A button: only the CSRF token."""


class ProfileForm(BaseForm):
    """What people say about themselves. Everything but the name may stay empty."""

    name = StringField(
        _l("Full name"), filters=[_one_line], validators=[DataRequired(_l("Enter your name.")), Length(max=200)]
    )
    given_name = StringField(_l("Given name"), filters=[_one_line], validators=[Length(max=100)])
    family_name = StringField(_l("Family name"), filters=[_one_line], validators=[Length(max=100)])
    organization = StringField(_l("Organization"), filters=[_one_line], validators=[Length(max=200)])
    phone = TelField(
        _l("Phone"),
        filters=[_one_line],
        validators=[
            Optional(),
            Pattern(r"\+?[0-9 ().\-/]{4,31}$", message=_l("Use digits, with + and the country code in front.")),
        ],
    )
    street = TextAreaField(_l("Street and number"), filters=[_lines], validators=[Length(max=300)])
    postal_code = StringField(_l("Postal code"), filters=[_one_line], validators=[Length(max=32)])
    city = StringField(_l("Town or city"), filters=[_one_line], validators=[Length(max=100)])
    region = StringField(_l("State or region"), filters=[_one_line], validators=[Length(max=100)])
    country = SelectField(_l("Country or territory"))
    language = SelectField(_l("Language of pages and mails"))
    time_zone = SelectField(_l("Time zone"))

    def __init__(self, languages: Sequence[str], **data: object) -> None:
        super().__init__(data=data)
        self.language.choices = language_choices(languages)
        self.country.choices = country_choices(str(get_locale()))
        self.time_zone.choices = time_zone_choices()


def language_choices(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Return each language with its name in itself."""
    choices = []
    for tag in tags:
        try:
            name = Locale.parse(tag, sep="-").get_display_name() or tag
        except UnknownLocaleError:
            name = tag
        choices.append((tag, name[:1].upper() + name[1:]))
    return choices


@lru_cache(maxsize=16)
def country_choices(locale: str) -> list[tuple[str, str]]:
    """Return ISO 3166-1 codes with their names in the reader's language, sorted by name, after "Choose…"."""
    territories = Locale.parse(locale).territories
    # Babel has regions (digits) and codes that are no country's: the user-assigned and the exceptionally reserved ones of ISO 3166-1.
    none = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    countries = [(code, name) for code, name in territories.items() if code.isalpha() and code not in none]
    return [("", "—"), *sorted(countries, key=lambda pair: _plain(pair[1]))]


def _plain(name: str) -> str:
    """Return the name without accents, so that Åland doesn't come after Zimbabwe."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)
    )


@lru_cache(maxsize=1)
def time_zone_choices() -> list[tuple[str, str]]:
    """Return the IANA zones that name a place, and UTC."""
    places = {
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/"))
    }
    return [("", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]
