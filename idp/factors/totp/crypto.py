"""Time-based one-time passwords (RFC 6238), pure: secret, code, time and drift in, the matching step out."""

import hmac
import re

import pyotp

STEP_SECONDS = 30
DIGITS = 6
WINDOW = 1
"""Steps either side of the expected one, for the time that typing takes (RFC 6238 section 5.2)."""
SETUP_WINDOW = 10
"""Steps either side when an app is set up: so far a clock may be off, and from then on it is known by how much (section 6)."""

_NOT_DIGITS = re.compile(r"[\s\-–]")


def new_secret() -> str:
    """Return 160 random bits in base32, as RFC 4226 section 4 recommends."""
    return pyotp.random_base32(32)


def uri(secret: str, *, username: str, issuer: str) -> str:
    """Return the `otpauth:` address that apps read from a QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name=issuer)


def spaced(secret: str) -> str:
    """Return the secret in groups of four, as people type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def matching_step(secret: str, code: str, *, now: int, drift: int = 0, window: int = WINDOW) -> int | None:
    """Return the step whose code this is, looking `window` steps around where the app's clock was last seen; None for none.

    `drift` is how many steps that clock is ahead. Every candidate is compared, so the time taken says nothing.
    """
    code = _NOT_DIGITS.sub("", code)
    if len(code) != DIGITS or not code.isascii():
        return None
    expected = now // STEP_SECONDS + drift
    found = None
    for step in range(expected + window, expected - window - 1, -1):
        if step >= 0 and hmac.compare_digest(code_at(secret, step), code):
            found = step
    return found


def drift_of(step: int, now: int) -> int:
    """Return how many steps the app's clock is ahead, as far as that is believed."""
    return max(-SETUP_WINDOW, min(SETUP_WINDOW, step - now // STEP_SECONDS))
