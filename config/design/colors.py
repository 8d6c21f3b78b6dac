"""Contrast by WCAG 2.2: whatever accent a brand brings, what is written in it or on it can be read. Pure functions on `#rrggbb`."""

import colorsys

BLACK = (0, 0, 0)
WHITE = (255, 255, 255)

_Rgb = tuple[int, int, int]


def parse(color: str) -> _Rgb:
    """Read `#rgb` or `#rrggbb`; raises ValueError for anything else."""
    digits = color.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 - the short form
        digits = "".join(digit * 2 for digit in digits)
    if not color.startswith("#") or len(digits) != 6:  # noqa: PLR2004
        raise ValueError(f"{color!r} is not a colour like #1f4fa3")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def contrast(one: _Rgb, other: _Rgb) -> float:
    """Return the contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: _Rgb, background: _Rgb, *, ratio: float = 4.5) -> _Rgb:
    """Return `color`, made lighter or darker (its hue kept) only as far as `ratio` on `background` needs."""
    goal = max(BLACK, WHITE, key=lambda extreme: contrast(extreme, background))
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in color))
    for percent in range(0, 100, 2):
        shifted = lightness + (goal[0] / 255 - lightness) * percent / 100
        red, green, blue = (round(channel * 255) for channel in colorsys.hls_to_rgb(hue, shifted, saturation))
        if contrast((red, green, blue), background) >= ratio:
            return red, green, blue
    return goal


def css(color: _Rgb) -> str:
    """Write as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def _luminance(color: _Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own numbers
