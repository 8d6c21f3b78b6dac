from pathlib import Path

import pytest

from config.design import brand
from config.settings import Brand


def test_the_accent_is_made_readable_in_both_schemes() -> None:
    style = brand.stylesheet(Brand(accent="#ffee00")).decode()
    assert "--brand-light" in style
    assert "#ffee00" not in style.partition("--brand-dark")[0]


def test_without_a_logo_there_is_a_mark_in_the_accent() -> None:
    name, content = brand.logo(Brand(accent="#1f4fa3"))
    assert name == "logo.svg"
    assert b"#1f4fa3" in content


def test_a_logo_of_ones_own(tmp_path: Path) -> None:
    picture = tmp_path / "ours.png"
    picture.write_bytes(b"png")
    assert brand.logo(Brand(logo=picture)) == ("logo.png", b"png")
    with pytest.raises(ValueError, match="should be one of"):
        brand.logo(Brand(logo=tmp_path / "ours.exe"))
