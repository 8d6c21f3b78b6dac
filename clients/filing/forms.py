"""What people fill in. The API checks what it is sent by the same form."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from clients.filing.service import Content
from config.forms import BaseForm, IntegerField
from config.parsing import one_line

LONGEST_TITLE = 300
LONGEST_APPLICANT = 200


class DraftForm(BaseForm):
    """A draft, new or changed. `version` is the one that the person has before them, `submission` tells a double click apart."""

    kind = SelectField(
        _l("What is it for?"),
        choices=[
            SelectChoice(value="patent", label=_l("Patent")),
            SelectChoice(value="trademark", label=_l("Trademark")),
            SelectChoice(value="design", label=_l("Design")),
        ],
    )
    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Give it a title; you can change it later.")),
            Length(max=LONGEST_TITLE, message=_l("Use at most %(max)d characters for the title.")),
        ],
    )
    applicant = StringField(
        _l("Applicant"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Say who applies: a person or an organization.")),
            Length(max=LONGEST_APPLICANT, message=_l("Use at most %(max)d characters for the applicant.")),
        ],
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    submission = HiddenField(filters=[one_line], validators=[Length(max=64)])

    def content(self) -> Content:
        """Return what was written."""
        return Content(self.kind.data, self.title.data, self.applicant.data)


class ConfirmForm(BaseForm):
    """A button, for the version that the person has before them."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
