"""Base64url without padding (RFC 7515 section 2), and nothing else: one spelling for each value."""

from base64 import b64decode, urlsafe_b64encode

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def encode(data: bytes) -> bytes:
    """Return `data` as base64url."""
    return urlsafe_b64encode(data).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """Return what `text` encodes; raises ValueError for any other character, padding, or a second spelling of the same bytes."""
    if b"+" in text or b"/" in text or b"=" in text:
        raise ValueError("not base64url")
    data = b64decode(text.translate(_TO_STANDARD) + b"=" * (-len(text) % 4), validate=True)
    # The last character may hold bits that mean nothing; accepting them would let one token be written in several ways.
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data
