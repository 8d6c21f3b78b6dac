"""Every word that people see can be translated, and every style works in both writing directions."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.rules.files import name, of_ours

_TEMPLATES = [path for path in of_ours(".html") if "templates" in path.parts]
_TEXTS = [path for path in (*of_ours(".txt"), *of_ours(".subject")) if "templates" in path.parts]
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CLASS_BLOCK = re.compile(r"\{%-?\s*block \w*_class\s*-?%\}.*?\{%-?\s*endblock\s*-?%\}")
"""What a child template adds to a class attribute."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
"""Attributes that are read out or shown."""
_PHYSICAL = re.compile(
    r"(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)(?:-\w+)*|(?:left|right|top|bottom)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:min-|max-)?(?:width|height))\s*:"
)
_SIDED = re.compile(r"(?:text-align|float|clear)\s*:\s*(?:left|right)\b")


class _Words(HTMLParser):
    """Collects what stands between tags or in an attribute that people hear, once Jinja's expressions are out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(_JINJA.sub("", _CLASS_BLOCK.sub("", text)))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"style", "script"}
        self.found += [f"{key}={value}" for key, value in attributes if key in _SPOKEN and _WORD.search(value or "")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._silent and _WORD.search(data):
            self.found.append(data.strip())


def test_there_are_templates() -> None:
    assert len(_TEMPLATES) > 40
    assert len(_TEXTS) > 20


@pytest.mark.parametrize("path", _TEMPLATES, ids=name)
def test_pages_can_be_translated(path: Path) -> None:
    assert _Words(path.read_text()).found == []


@pytest.mark.parametrize("path", _TEXTS, ids=name)
def test_mails_can_be_translated(path: Path) -> None:
    assert _WORD.findall(_JINJA.sub("", path.read_text())) == []


def test_the_check_sees_words() -> None:
    assert _Words("<p>{{ _('Hello') }} there</p>").found == ["there"]
    assert _Words("<img alt='A {{ thing }}'><i title='Two words'></i>").found == ["title=Two words"]
    assert _Words("{% if x %}<p>{{ _('Hello') }}</p>{% endif %}<style>p {color: red}</style> · 24").found == []


@pytest.mark.parametrize("path", of_ours(".css"), ids=name)
def test_styles_know_no_left_and_right(path: Path) -> None:
    style = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    # Queries about the screen have no logical form that all browsers know.
    rules = re.sub(r"@(?:media|container)[^{]*", "", style)
    assert [*_PHYSICAL.findall(rules), *_SIDED.findall(rules)] == []


@pytest.mark.parametrize("path", _TEMPLATES, ids=name)
def test_no_inline_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]+\son\w+\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    # The icons' own outlines are constants of that template.
    assert path.name == "icons.html" or "|safe" not in text.replace(" ", "")
