"""The provider's groups of numbers: lifetimes, passwords, throttling, mail, keys, metrics, calls to the outside."""

import base64
import binascii
import os
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.shared import Port, Strict

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Seconds = Annotated[int, Field(gt=0, le=10 * 365 * DAY)]


class Lifetimes(Strict):
    """How long things are good for, in seconds."""

    access_token: Annotated[int, Field(gt=0, le=DAY)] = 5 * MINUTE
    """Access tokens aren't stored, so this is also how long one outlives its revocation where nobody introspects it."""
    id_token: Annotated[int, Field(gt=0, le=DAY)] = 5 * MINUTE
    """ID tokens; they are read once."""
    authorization_code: Annotated[int, Field(gt=0, le=10 * MINUTE)] = MINUTE
    """At most ten minutes (RFC 6749 section 4.1.2)."""
    refresh_token: Seconds = 30 * DAY
    """Since its last use."""
    refresh_family: Seconds = 90 * DAY
    """Since the person agreed, however often it was refreshed."""
    refresh_replay: Annotated[int, Field(ge=0, le=MINUTE)] = 10
    """A client that lost the answer gets the same successor again for so long; after that, reuse revokes the family."""
    interaction: Seconds = HOUR
    """A sign-in that was begun and not finished."""
    session_idle: Seconds = 2 * HOUR
    """A session that nobody uses."""
    session_absolute: Seconds = 12 * HOUR
    """Any session, however busy."""
    remembered_session: Seconds = 30 * DAY
    """A session on a device where the person asked to stay signed in."""
    confirmation: Seconds = 24 * HOUR
    """Link and code that confirm an address."""
    reset: Seconds = HOUR
    """Link that sets a new password."""
    recovery_waiting: Seconds = 3 * DAY
    """A new recovery address can't recover anything before this has passed."""


class Passwords(Strict):
    """Cost of the hash (argon2id, RFC 9106) and rules for new passwords (NIST SP 800-63B-4 section 3.1.1)."""

    memory_kib: Annotated[int, Field(ge=8)] = 19_456
    """Memory of one hash."""
    iterations: Annotated[int, Field(ge=1)] = 2
    """Passes over that memory."""
    parallel_hashes: Annotated[int, Field(ge=1)] = Field(default_factory=lambda: len(os.sched_getaffinity(0)))
    """Hashes at once in a worker; more than cores would only starve its other requests."""
    min_length: Annotated[int, Field(ge=8)] = 8
    """Characters at least."""
    max_length: Annotated[int, Field(ge=64, le=1024)] = 128
    """Characters at most."""
    min_score: Annotated[int, Field(ge=0, le=4)] = 3
    """zxcvbn's score at least (3: safely unguessable)."""


class Slowdown(Strict):
    """Failed attempts cost waiting time, which doubles each time; nothing is ever locked for good."""

    free_attempts: Annotated[int, Field(ge=1)]
    """So many failures cost nothing."""
    base_delay: Annotated[int, Field(ge=1)] = 2
    """Seconds after the first one that does."""
    max_delay: Annotated[int, Field(ge=1)] = 15 * MINUTE
    """Seconds at most."""
    forget_after: Seconds = DAY
    """Without a failure for so long, everything is forgotten."""


class Throttle(Strict):
    """Slowing down of guesses: for each account, for each address they come from, and for all together."""

    account: Slowdown = Slowdown(free_attempts=5)
    """One account, wherever the guesses come from."""
    address: Slowdown = Slowdown(free_attempts=20)
    """One network address, whichever accounts it tries; offices share one, so it is the more patient."""
    overall: Slowdown = Slowdown(free_attempts=500, base_delay=1, max_delay=5, forget_after=HOUR)
    """Everybody together: a brake on guesses that come from many addresses at many accounts."""
    open_sign_ins: Annotated[int, Field(ge=10)] = 1_000
    """Sign-ins of one network (an IPv4 address, or an IPv6 /64) that were begun and neither finished nor expired."""


class Mail(Strict):
    """The SMTP server that takes outgoing mail."""

    host: str = ""
    """Its name."""
    port: Port = 587
    """Its port."""
    username: str = ""
    """Empty: no authentication."""
    password: SecretStr | None = None
    """With `username`."""
    starttls: bool = True
    """Refuse to send without encryption."""
    sender: str = ""
    """`From` of all mail, like `IP Account <account@example.org>`."""


class Keys(Strict):
    """Life of the signing keys."""

    algorithms: Annotated[tuple[Literal["ES256", "RS256"], ...], Field(min_length=1)] = ("ES256", "RS256")
    """One key for each (RFC 7518 section 3.1)."""
    rotation_days: Annotated[int, Field(ge=1)] = 90
    """A key signs for so long."""
    publish_ahead_hours: Annotated[int, Field(ge=0)] = 24
    """The next key is in the JWKS so long before it signs, so that cached copies have it."""


class Relay(Strict):
    """How many notices services may send people through the provider (`POST /api/notices`)."""

    notices_a_minute: Annotated[int, Field(ge=1)] = 6_000
    """Of one service; beyond that it is told to come back later."""
    mails_an_hour: Annotated[int, Field(ge=1)] = 30
    """To one person; beyond that one mail says that there is more. Security notices are counted apart."""
    pushes_an_hour: Annotated[int, Field(ge=1)] = 60
    """To one person's devices; beyond that none."""


class Metrics(Strict):
    """Who may read `/metrics`: this machine, where no proxy stands in front, and whoever has the token."""

    token: SecretStr | None = None
    """Bearer token for other machines; none: loopback only."""


class Outbound(Strict):
    """Calls that the provider makes to addresses which others chose."""

    allow_private: bool = False
    """Let them reach private networks and loopback. Only for services that live there."""
    timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Seconds for a whole call."""


def _check_root(secret: SecretStr) -> SecretStr:
    try:
        text = secret.get_secret_value()
        size = len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        size = 0
    if size != 32:  # noqa: PLR2004 - 256 bits
        raise ValueError(
            "this isn't 32 bytes in base64url: take the output of `openssl rand -base64 32 | tr '+/' '-_'`."
        )
    return secret


SealingRoots = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_check_root)], ...],
    BeforeValidator(lambda value: value.split(",") if isinstance(value, str) else value),
]
"""32 bytes each, as base64url; in a variable, several are separated by commas."""
