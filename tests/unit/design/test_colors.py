import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.design.colors import contrast, css, parse, readable

rgb = st.tuples(*[st.integers(0, 255)] * 3)


def test_contrast_is_wcags() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(parse("#767676"), parse("#fff")) == pytest.approx(4.54, abs=0.01)


@given(color=rgb, background=st.sampled_from([parse("#f5f6f8"), parse("#1a1f29"), parse("#ffffff")]))
def test_any_accent_can_be_read(color: tuple[int, int, int], background: tuple[int, int, int]) -> None:
    assert contrast(readable(color, background), background) >= 4.5


def test_what_can_be_read_is_left_alone() -> None:
    assert css(readable(parse("#1f4fa3"), parse("#ffffff"))) == "#1f4fa3"


@pytest.mark.parametrize("text", ["red", "1f4fa3", "#12", "#12345", "#gggggg", ""])
def test_only_hexadecimal_colours(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - int() says it in its own words
        parse(text)
