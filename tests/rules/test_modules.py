"""Who imports whom, how long modules are, and that each says what it owns."""

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.rules.files import ROOT, committed, name, of_ours

LONGEST = 300
P90 = 200
MEDIAN = 80


def _lengths(paths: Iterable[Path]) -> dict[str, int]:
    """Return lines by name; migrations are made by a tool and never read as a whole."""
    return {name(path): len(path.read_text().splitlines()) for path in paths if "migrations" not in path.parts}


def test_imports_go_down() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_sizes() -> None:
    lengths = _lengths(of_ours(".py"))
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}
    in_order = sorted(lengths.values())
    median, p90 = statistics.median(in_order), in_order[len(in_order) * 9 // 10]
    print(f"{len(in_order)} modules: median {median}, p90 {p90}, longest {in_order[-1]} lines")
    assert median <= MEDIAN
    assert p90 <= P90


def test_those_of_the_tests_too() -> None:
    lengths = _lengths(path for path in committed() if path.suffix == ".py")
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("path", of_ours(".py"), ids=name)
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text())) or "").strip()


def test_what_has_to_be_guessed_comes_from_the_system_s_generator() -> None:
    """`random` spreads out retries, and makes no secret."""
    found = [
        name(path) for path in of_ours(".py") if re.search(r"^(import|from) random\b", path.read_text(), re.MULTILINE)
    ]
    assert found == ["config/backoff.py"]


def test_nothing_left_to_do() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
    found = [
        f"{name(path)}:{number}"
        for path in of_ours(".py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(f"# {mark}" in line for mark in marks)
    ]
    assert found == []


def test_no_place_of_this_machine() -> None:
    """Paths that exist only where something was written help nobody elsewhere, and tell too much."""
    places = {str(ROOT), str(Path.home())} - {"/"}
    found = [
        f"{name(path)}: {place}"
        for path in committed()
        for place in places
        if place.encode() + b"/" in path.read_bytes()
    ]
    assert found == []
