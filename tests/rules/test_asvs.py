"""docs/asvs.md says which test proves what: each is there, and every requirement has one row."""

import ast
import re
from functools import cache

import pytest

from tests.rules.files import ROOT

_TEXT = (ROOT / "docs/asvs.md").read_text()
_NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _TEXT)))
_ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| .+ \| (.+) \|$", _TEXT, re.MULTILINE)


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "test"), _NAMED)
def test_what_is_named_exists(path: str, test: str) -> None:
    assert test.startswith("test_")
    assert test in functions_of(path)


def test_nothing_is_named_in_another_way() -> None:
    assert len(re.findall(r"`[^`]*tests/[^`]*::[^`]*`", _TEXT)) == len(re.findall(r"`tests/[\w/]+\.py::\w+`", _TEXT))


def test_every_requirement_has_one_answer() -> None:
    ids = [each for each, _ in _ROWS]
    assert len(ids) == len(set(ids)) == 82
    for each, answer in _ROWS:
        assert answer.startswith(("yes: ", "doesn't apply: ", "differs: ", "not yet: ")), each
