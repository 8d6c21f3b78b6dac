"""What people fill in."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Regexp

from clients.pairing.codes import normalised, well_formed
from clients.pairing.kinds import Section
from config.forms import BaseForm


def compact(text: str | None) -> str:
    """Return a number as people paste it, without spaces."""
    return "".join((text or "").split())


class PairForm(BaseForm):
    """What an office has been given."""

    customer_id = StringField(
        _l("Office Customer ID"),
        filters=[compact],
        validators=[
            DataRequired(_l("Enter the Customer ID of your office.")),
            Regexp(r"^[0-9]{5,6}\Z", message=_l("A Customer ID has 5 or 6 digits.")),
        ],
    )
    access_code = StringField(_l("Access Code"), validators=[DataRequired(_l("Enter the Access Code of your office."))])

    def validate_access_code(self, field: StringField) -> None:
        """Check the form of a code; whether it is right is the service's business."""
        if not well_formed(normalised(field.data or "")):
            raise ValidationError(_l("An Access Code consists of letters and digits, at least 6 of them."))


class ConfirmForm(BaseForm):
    """A button."""


class FilterForm(Form):
    """Which documents to show: read from the address, changes nothing."""

    type = SelectField(_l("Type of document"), default="")
    kind = SelectField(_l("Kind of document"), default="")
    month = SelectField(_l("Month"), default="")
    year = SelectField(_l("Year"), default="")

    def __init__(self, values: object, section: Section, months: list[tuple[str, str]], years: list[int]) -> None:
        super().__init__(values)
        self.type.choices = [("", _l("All types")), *section.types.items()]
        self.kind.choices = [("", _l("All kinds")), *section.types.items()]
        self.month.choices = [("", _l("All months")), *months]
        self.year.choices = [("", _l("All years")), *((str(year), str(year)) for year in years)]
        if section.monthly:
            del self.kind
        else:
            del self.type, self.month

    @property
    def chosen(self) -> SelectField:
        """The field that says which type; it is called as people call it there."""
        return self.type or self.kind
