"""What finance officers fill in."""

from typing import BinaryIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from clients.pairing import listing, pdf
from clients.pairing.forms import compact
from clients.pairing.kinds import CONTRIBUTIONS, OFFICE, OLDEST, REPORTS, STATE, kind_of, month_name
from clients.pairing.papers import LARGEST_BATCH, said
from clients.pairing.store import Counted
from clients.pairing.texts import LONGEST_TITLE, one_line, plain
from config.forms import BaseForm, IntegerField


def check_plain(_form: BaseForm, field: StringField) -> None:
    """Refuse what looks like markup."""
    if not plain(field.data or ""):
        raise ValidationError(_("Use plain text, without < and >."))


class OfficeForm(BaseForm):
    """A new office or member state."""

    kind = RadioField(
        _l("What is it?"),
        choices=[SelectChoice(OFFICE, _l("An office")), SelectChoice(STATE, _l("A Member State"))],
        default=OFFICE,
    )
    customer_id = StringField(
        _l("Customer ID"),
        filters=[compact],
        validators=[
            DataRequired(_l("Enter its Customer ID.")),
            Regexp(r"^[0-9]{5,6}\Z", message=_l("A Customer ID has 5 or 6 digits.")),
        ],
    )
    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter its name.")),
            Length(max=LONGEST_TITLE, message=_l("Use at most %(max)d characters for the name.")),
            check_plain,
        ],
    )


class CodeForm(BaseForm):
    """A new code. `version` is the code that the officer has before them."""

    pairings = RadioField(
        _l("What happens to the people who are paired?"),
        choices=[
            SelectChoice("keep", _l("They stay paired")),
            SelectChoice("end", _l("All pairings end: everybody needs the new code")),
        ],
        validators=[InputRequired(_l("Choose what happens to them."))],
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class DocumentForm(BaseForm):
    """One document."""

    office = SelectField(_l("Whose is it?"))
    type = SelectField(_l("Type of document"))
    year = IntegerField(_l("Year"), validators=[InputRequired(_l("Enter the year, like 2026."))])
    month = SelectField(_l("Month"), default="")
    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Give it a title that its readers understand.")),
            Length(max=LONGEST_TITLE, message=_l("Use at most %(max)d characters for the title.")),
            check_plain,
        ],
    )
    file = FileField(_l("PDF file"), validators=[FileRequired(_l("Choose the PDF file."))])

    def __init__(self, offices: list[Counted], last_year: int, **data: object) -> None:
        super().__init__(**data)
        self.kinds = {one.office.id: one.office.kind for one in offices}
        self.office.choices = [(one.office.id, f"{one.office.customer_id} · {one.office.name}") for one in offices]
        self.type.choices = {
            _("Distribution reports (IP Offices)"): list(REPORTS.items()),
            _("Annual contributions (Member States)"): list(CONTRIBUTIONS.items()),
        }
        self.month.choices = [("", _("No month")), *((str(month), month_name(month)) for month in range(1, 13))]
        self.year.validators = [
            *self.year.validators,
            NumberRange(OLDEST, last_year, _("Enter a year from %(first)d to %(last)d.", first=OLDEST, last=last_year)),
        ]
        self.content = b""

    def validate_type(self, field: SelectField) -> None:
        """Offices get reports, member states papers on their contribution."""
        if self.office.data in self.kinds and kind_of(field.data) != self.kinds[self.office.data]:
            raise ValidationError(_("Offices get distribution reports, Member States get annual contributions."))

    def validate_month(self, field: SelectField) -> None:
        """A report is about a month, a contribution about a year."""
        if self.type.data in REPORTS and not field.data:
            raise ValidationError(_("Choose the month that the report is about."))
        if self.type.data in CONTRIBUTIONS and field.data:
            raise ValidationError(_("This is about a whole year: choose “No month”."))

    def validate_file(self, field: FileField) -> None:
        """Look at the file itself; what the browser says of it counts for nothing."""
        read = pdf.read(field.data.stream)
        if isinstance(read, pdf.Problem):
            raise ValidationError(said(read))
        self.content = read


class BatchForm(BaseForm):
    """A CSV and the files that it names."""

    csv = FileField(_l("CSV file"), validators=[FileRequired(_l("Choose the CSV file."))])
    files = MultipleFileField(_l("PDF files"))

    def validate_csv(self, field: FileField) -> None:
        """Read nothing that is no list."""
        if _size(field.data.stream) > listing.LARGEST:
            raise ValidationError(_("This file is larger than %(most)d kB.", most=listing.LARGEST // 1024))

    def validate_files(self, field: MultipleFileField) -> None:
        """Refuse more at once than memory should hold."""
        field.data = [one for one in field.data or [] if one and one.filename]
        if not field.data:
            raise ValidationError(_("Choose the PDF files that the CSV file names."))
        if sum(_size(one.stream) for one in field.data) > LARGEST_BATCH:
            raise ValidationError(_("Send at most %(most)d MB at a time.", most=LARGEST_BATCH // 1024**2))


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size
