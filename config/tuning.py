"""The provider's groups of numbers: lifetimes, passwords, rate limits, mail, keys, metrics, calls to the outside."""

import base64
import binascii
import os
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.shared import Port, Strict

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

HIGHER_LEVEL_SECONDS = 12 * HOUR
"""How long a sign-in counts for more than one factor, whatever lasts longer: NIST SP 800-63B-4 section 2.3.3, here for AAL2 as well."""

REPEATED_WITHIN = 30
"""Seconds in which asking for the same again is a double click, or a form that was sent again because its answer was slow."""

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
    """A new recovery address can't recover anything before this has passed; nor does a new address of the account, if it was exchanged by the
    password alone, vouch for a first second factor."""
    initial_password: Seconds = 14 * DAY
    """A password that `idp users add` has made, until its owner chooses one: at the first sign-in, which nothing else comes before."""


class Passwords(Strict):
    """Cost of the hash (argon2id, RFC 9106) and rules for new passwords (NIST SP 800-63B-4 section 3.1.1)."""

    memory_kib: Annotated[int, Field(ge=8)] = 19_456
    """Memory of one hash."""
    iterations: Annotated[int, Field(ge=1)] = 2
    """Passes over that memory."""
    parallel_hashes: Annotated[int, Field(ge=1)] = Field(default_factory=lambda: len(os.sched_getaffinity(0)))
    """Hashes at once in a worker; more than cores would only starve its other requests."""
    waiting_hashes: Annotated[int, Field(ge=1)] = 3
    """Attempts that may wait for a hash in a worker, of those from networks that have been wrong lately; fewer than its threads."""
    min_length: Annotated[int, Field(ge=8, le=64)] = 15
    """Characters at least, where the password is the only thing that signs in."""
    min_length_with_second_step: Annotated[int, Field(ge=8, le=64)] = 8
    """Characters at least, where the account has a second step."""
    max_length: Annotated[int, Field(ge=64, le=1024)] = 128
    """Characters at most."""
    min_score: Annotated[int, Field(ge=0, le=4)] = 3
    """zxcvbn's score at least (3: safely unguessable)."""


class Limit(Strict):
    """A token bucket: over any time T it lets `burst + T / refill` attempts through. Set both. `docs/guessing.md` has the arithmetic.

    So within less than `refill` there are `burst` at most: `burst=10, refill=DAY` is ten in any 24 hours.
    """

    burst: Annotated[int, Field(ge=1)]
    """Attempts at once."""
    refill: Seconds
    """Seconds for each further one."""


class RateLimits(Strict):
    """How many attempts there are before more is asked for than a password; whoever answers right gets the attempt back."""

    account: Limit = Limit(burst=5, refill=5 * MINUTE)
    """Passwords for one account from all browsers that have never signed in to it. When it is empty, a code by mail is needed as well."""
    account_day: Limit = Limit(burst=8, refill=2 * HOUR)
    """The same over a day: at most 20 in 24 hours."""
    account_in_a_row: Limit = Limit(burst=50, refill=30 * DAY)
    """The same without a sign-in or a new password between: half of what NIST SP 800-63B-4 section 3.2.2 allows."""
    known_browser: Limit = Limit(burst=5, refill=12 * MINUTE)
    """Passwords for one account in one browser that has signed in to it: at most 10 in an hour. When it is empty, the browser counts as unknown."""
    known_in_a_row: Limit = Limit(burst=40, refill=30 * DAY)
    """The same in all its known browsers, without a sign-in or a new password between."""
    session_password: Limit = Limit(burst=5, refill=12 * MINUTE)
    """Present passwords typed in one session, to change it."""
    network: Limit = Limit(burst=40, refill=MINUTE)
    """Attempts from one IPv4 address or one IPv6 /64, whichever accounts they are for: at most 100 in an hour."""
    network_prefix: Limit = Limit(burst=400, refill=6)
    """The same from one IPv6 /48."""
    network_wrong: Limit = Limit(burst=100, refill=2 * MINUTE)
    """Wrong passwords from one network. It refuses nobody: it is their place in the queue of hashes."""
    name_seen: Limit = Limit(burst=1, refill=HOUR)
    """Whether a name was tried from one network in this hour; what `network_names` counts."""
    network_names: Limit = Limit(burst=25, refill=144)
    """Different names from one network: one password tried against many. At most 50 in an hour."""
    work: Limit = Limit(burst=20, refill=36)
    """Attempts of one network beyond `network` and `network_names`, each after a proof of work: at most 120 in an hour."""
    work_prefix: Limit = Limit(burst=200, refill=4)
    """The same from one IPv6 /48."""
    waited: Limit = Limit(burst=3, refill=3 * MINUTE)
    """Attempts of one network that waited instead of working, as browsers without JavaScript do: at most 23 in an hour."""
    waited_prefix: Limit = Limit(burst=30, refill=18)
    """The same from one IPv6 /48."""
    code_request: Limit = Limit(burst=3, refill=20 * MINUTE)
    """Sign-ins that are confirmed by mail, for one account from one network."""
    code_mail: Limit = Limit(burst=5, refill=12 * MINUTE)
    """Mails with such a code to one account, whose password somebody typed right."""
    guessing_notice: Limit = Limit(burst=1, refill=7 * DAY)
    """Mails that tell a person that their password is being guessed."""
    request: Limit = Limit(burst=6, refill=3 * MINUTE)
    """Requests about one name or address from one network: for a mail, mostly."""
    request_address: Limit = Limit(burst=20, refill=3 * MINUTE)
    """Mails of one kind to one address that isn't confirmed yet, whoever asks for them."""
    wrong_codes: Limit = Limit(burst=10, refill=DAY)
    """Wrong codes out of mails, for one account or address over all that was asked for; then only the link in the mail works."""
    same_mail: Limit = Limit(burst=1, refill=REPEATED_WITHIN)
    """The same mail to the same address; nothing is refused, it isn't sent again."""
    mails: Limit = Limit(burst=5, refill=HOUR)
    """Mails to one account about one thing; all of them have the same code and link."""
    mails_to_address: Limit = Limit(burst=10, refill=HOUR)
    """Mails to one address about all that anybody can ask for, but for new passwords."""
    resets_to_address: Limit = Limit(burst=10, refill=HOUR)
    """Mails to one address about new passwords."""
    usernames_to_address: Limit = Limit(burst=5, refill=HOUR)
    """Mails to one address that name its accounts."""
    open_sign_ins: Annotated[int, Field(ge=10)] = 1_000
    """Sign-ins of one network (an IPv4 address, or an IPv6 /64) that were begun and neither finished nor expired."""


class ProofOfWorkSettings(Strict):
    """When browsers that an account doesn't know are asked for a proof of work, and how much. `docs/guessing.md` has the arithmetic."""

    usual_times: Annotated[int, Field(ge=2)] = 10
    """All of them are asked while there are so many times as many wrong passwords in an hour as there usually are."""
    least_failures: Annotated[int, Field(ge=1)] = 1_000
    """And at least so many: fewer are nothing that a processor feels."""
    iterations: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    """Of PBKDF2 in each try; the server makes as many for each challenge."""
    tries: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    """At most, at the first level. Each further level doubles them."""
    wait: Annotated[int, Field(ge=1, le=60)] = 2
    """Seconds at the first level that may be waited instead; each further level doubles them."""
    levels: Annotated[int, Field(ge=1, le=6)] = 4
    """Times that the flood may double before the work doubles no more."""
    lifetime: Annotated[int, Field(ge=MINUTE, le=HOUR)] = 10 * MINUTE
    """Seconds for which a challenge is good."""


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
    """Of one service, whoever relays for it, and as many about security; beyond that it is told to come back later."""
    mails_an_hour: Annotated[int, Field(ge=1)] = 30
    """To one person; beyond that one mail says that there is more. Security notices are counted apart, and for each service."""
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
