"""One installation serves all stories of a run: two people of the same name would be one."""

import ast
from collections import defaultdict
from pathlib import Path

STORIES = Path(__file__).parents[1] / "journey"


def test_people_of_different_stories_have_different_names() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in STORIES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_person" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    found[str(name.value)].add(path.name)
    assert len(found) > 20
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
