"""What people may write as a title or a name: one line of plain text. Pure."""

import unicodedata

LONGEST_TITLE = 200


def one_line(text: str | None) -> str:
    """Return the text without control characters and superfluous spaces."""
    kept = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cs"} else one for one in text or "")
    return " ".join(unicodedata.normalize("NFC", kept).split())


def plain(text: str) -> bool:
    """Tell whether nothing in it looks like markup; it is escaped wherever it is shown all the same."""
    return not {"<", ">"} & set(text)
