"""A brand's few degrees of freedom as files: its colours as custom properties, and its logo. The theme does the rest."""

from pathlib import Path
from typing import Protocol

from config.design.colors import contrast, css, parse, readable

_LIGHT_SURFACE = parse("#f5f6f8")
_DARK_SURFACE = parse("#1a1f29")
_DARK_INK = parse("#0b0f16")
_LOGO_TYPES = {".svg", ".png", ".webp"}


class Look(Protocol):
    """What the frame reads of `config.settings.Brand`. `logo` is a file's path, or empty for the mark drawn here."""

    @property
    def organization(self) -> str: ...  # noqa: D102

    @property
    def accent(self) -> str: ...  # noqa: D102

    @property
    def logo(self) -> object: ...  # noqa: D102


def stylesheet(brand: Look) -> bytes:
    """Return the custom properties that differ between brands, readable in both schemes whatever the accent is."""
    accent = parse(brand.accent)
    light, dark = readable(accent, _LIGHT_SURFACE, ratio=5), readable(accent, _DARK_SURFACE, ratio=6)
    ink_on_dark = _DARK_INK if contrast(_DARK_INK, dark) >= contrast((255, 255, 255), dark) else (255, 255, 255)
    return (
        f":root {{ --brand-light: {css(light)}; --brand-dark: {css(dark)};"
        f" --brand-ink-light: #ffffff; --brand-ink-dark: {css(ink_on_dark)}; }}\n"
    ).encode()


def mail_accent(brand: Look) -> str:
    """Return the accent for mail, where no style sheet reaches: readable on white, and white on it."""
    return css(readable(parse(brand.accent), (255, 255, 255)))


def logo(brand: Look) -> tuple[str, bytes]:
    """Return the logo's file name and content; raises ValueError when the configured file is no picture of a known type."""
    if not brand.logo:
        return "logo.svg", _MARK.format(accent=css(readable(parse(brand.accent), _LIGHT_SURFACE, ratio=5))).encode()
    path = Path(str(brand.logo))
    if path.suffix not in _LOGO_TYPES:
        raise ValueError(f"The logo {path} should be one of {', '.join(sorted(_LOGO_TYPES))}")
    return f"logo{path.suffix}", path.read_bytes()


# Two leaves that share a stem: one account, many services.
_MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">\
<rect width="32" height="32" rx="8" fill="{accent}"/>\
<path d="M16 25V15m0 0c0-4.4-2.8-7.4-8-8 0 5.2 3 8 8 8Zm0 4c0-4.4 2.8-7.4 8-8 0 5.2-3 8-8 8Z" fill="none" stroke="#fff" \
stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"/></svg>
"""
