"""What the page's modules say, in the reader's language. `{title}` and its like are filled in there."""

from flask_babel import gettext as _


def texts() -> dict[str, str]:
    """Return the sentences by name."""
    return {
        "added": _("{title} is on your dashboard."),
        "removed": _("{title} is removed."),
        "undo": _("Undo"),
        "undone": _("Everything is as it was before."),
        "close": _("Close"),
        "clear_title": _("Clear dashboard?"),
        "clear_text": _(
            "All widgets are taken off your dashboard, and how they are arranged is lost. What you keep in them, like notes and"
            " links, stays and is there again when you add them."
        ),
        "clear_yes": _("Clear dashboard"),
        "cleared": _("Your dashboard is empty."),
        "template_title": _("Start from “{title}”?"),
        "template_text": _(
            "It takes the place of your widgets and of how they are arranged. What you keep in them, like notes and links, stays."
        ),
        "template_yes": _("Use this template"),
        "templated": _("Your dashboard is now “{title}”."),
        "moved": _("{title}: row {row}, column {column}."),
        "ordered": _("{title}: {number} of {count}."),
        "resized": _("{title}: {width} of 12 columns wide, {height} rows high."),
        "edge": _("{title} can’t go further that way."),
        "collapsed": _("{title} is collapsed."),
        "expanded": _("{title} is open."),
        "grid": _("Your widgets are shown as a grid."),
        "list": _("Your widgets are shown as a list."),
        "saving": _("Saving…"),
        "saved": _("Your dashboard is saved."),
        "offline": _("There is no connection. Your changes are kept here, and saved as soon as it is back."),
        "online": _("The connection is back, and your changes are saved."),
        "conflict": _("Your dashboard was changed somewhere else. This is the newer one."),
        "signed_out": _("You were signed out. Sign in again to save your changes."),
        "sign_in": _("Sign in again"),
        "refused": _("This change could not be saved. Open the page again."),
        "reload": _("Open it again"),
        "loading": _("Loading…"),
        "unreachable_title": _("{title} can’t be loaded."),
        "unreachable": _("Is there a connection? It is tried again as soon as it is back."),
        "again": _("Try again"),
        "full": _("The dashboard is full. Remove a widget first."),
    }
