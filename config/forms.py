"""Forms of pages, for every program: the base form and the fields that Flask-WTF and WTForms leave too open."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_wtf import FlaskForm  # noqa: TID251 - the one place
from flask_wtf.file import FileField, MultipleFileField
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import IntegerField as AnyIntegerField  # noqa: TID251 - the same

from config.parsing import MAX_INTEGER, integer

_FILES = (FileField, MultipleFileField)


class BaseForm(FlaskForm):
    """A form that reads only forms: texts into text fields, files into file fields, and of a JSON body nothing."""

    class Meta(FlaskForm.Meta):  # noqa: D106 - WTForms' own way
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:  # noqa: ANN401, D102
            if formdata is not _Auto:
                return formdata
            if not form.is_submitted():
                return None
            names = [field.name for field in form if isinstance(field, _FILES)]
            files = MultiDict((name, file) for name in names for file in request.files.getlist(name))
            texts = MultiDict((name, text) for name, text in request.form.items(multi=True) if name not in names)
            return CombinedMultiDict((files, texts))


class IntegerField(AnyIntegerField):
    """A number in ASCII digits, from `least` to `most`; whatever else was sent is no number."""

    def __init__(self, *args: Any, least: int = 0, most: int = MAX_INTEGER, **kwargs: Any) -> None:
        self._least = least
        self._most = most
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:  # noqa: D102 - WTForms' own
        if not valuelist:
            return
        self.data = integer(valuelist[0].strip(), least=self._least, most=self._most)
        if self.data is None:
            raise ValueError(self.gettext("Not a valid integer value."))
