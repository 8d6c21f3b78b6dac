"""What people may write as a title or a name: one line of plain text. Pure."""

from config.parsing import one_line

__all__ = ["LONGEST_TITLE", "one_line", "plain"]

LONGEST_TITLE = 200


def plain(text: str) -> bool:
    """Tell whether nothing in it looks like markup; it is escaped wherever it is shown all the same."""
    return not {"<", ">"} & set(text)
