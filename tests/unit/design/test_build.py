import re
import subprocess
import sys
from pathlib import Path

from config import design

FOLDER = Path(design.__file__).parent


def test_it_does_nothing_when_up_to_date() -> None:
    target = FOLDER / "static/vendor/pico.css"
    before = target.stat().st_mtime_ns
    # An empty PATH: a second build would need npm.
    done = subprocess.run([sys.executable, "-m", "config.design.build"], env={"PATH": ""}, check=False)
    assert done.returncode == 0
    assert target.stat().st_mtime_ns == before


def test_it_starts_without_flask() -> None:
    code = "import sys, config.design.build; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (FOLDER / "package-lock.json").read_text()


def test_the_theme_knows_no_left_and_right() -> None:
    theme = (FOLDER / "static/theme.css").read_text()
    assert not re.search(
        r"(?<!-)\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|(?<![\w-])(?:left|right|width|height)\s*:",
        theme,
    )
