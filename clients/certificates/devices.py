"""Which browser and system somebody uses, by what the browser says of itself. Pure; good for a hint, and for nothing that matters."""

from typing import NamedTuple

_SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
# In this order: each of them names those below as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
GUIDES = ("windows", "macos", "linux", "firefox", "chrome", "safari", "ios", "android")


class Device(NamedTuple):
    """Names that need no translation; empty: not recognised."""

    browser: str
    system: str

    def __str__(self) -> str:
        """Return both, as it is stored and shown to officers."""
        return " · ".join(name for name in self if name)

    @property
    def guide(self) -> str:
        """Which of GUIDES is the person's: of the browser where it has a store of its own, else of the system."""
        if self.system in {"iOS", "Android"}:
            return self.system.lower()
        if self.browser == "Firefox":
            return "firefox"
        if self.system in {"Linux", "ChromeOS"}:
            return "chrome" if self.browser else "linux"
        if self.system == "macOS":
            return "safari" if self.browser == "Safari" else "macos"
        return "windows"


def device_of(user_agent: str) -> Device:
    """Return what a User-Agent header says."""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    return Device(browser, system)
