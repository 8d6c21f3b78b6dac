"""QR codes, as pictures that stand in the page itself."""

import segno
from markupsafe import Markup


def svg(text: str, label: str) -> Markup:
    """Return the QR code of `text` as an inline SVG image that is announced as `label`; dark on light in every colour scheme."""
    code = segno.make(text, error="m")
    drawn = code.svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup('<div class="qr-box" role="img" aria-label="{}">{}</div>').format(label, Markup(drawn))  # noqa: S704
