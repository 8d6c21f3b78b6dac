"""Whether a file is a PDF that we take (ISO 32000-2 section 7.5). Pure; it looks at the frame of the file, and opens nothing in it."""

import re
from enum import StrEnum
from typing import BinaryIO

LARGEST = 10 * 1024 * 1024
"""Bytes."""
_HEADER = re.compile(rb"%PDF-[12]\.\d[\r\n ]")
_TAIL_BYTES = 2048


class Problem(StrEnum):
    """Why a file isn't taken."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    NO_PDF = "no pdf"


def read(stream: BinaryIO) -> bytes | Problem:
    """Return the content of a PDF, or what is wrong with it; of a file that is too large nothing is read."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        return Problem.EMPTY
    if size > LARGEST:
        return Problem.TOO_LARGE
    content = stream.read()
    tail = content[-_TAIL_BYTES:]
    # From the first byte on: what is something else to another program is nothing that we hand out.
    whole = _HEADER.match(content) and b"startxref" in tail and b"%%EOF" in tail
    return content if whole else Problem.NO_PDF
