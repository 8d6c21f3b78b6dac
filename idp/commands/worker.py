"""`idp worker`: drains the outbox, keeps the keys in rotation, and forgets what has had its time. Any number may run."""

import logging
import signal
import threading
import time

import click

from config.files import keep_private
from config.settings import load_provider
from idp import schema
from idp.app import Core, build
from idp.commands.refusals import refusals
from idp.db import DatabaseUnavailable
from idp.login import store as interactions
from idp.oauth.store import housekeeping
from idp.web import log
from idp.worker import build_worker
from keys import rotation

_log = logging.getLogger("idp.worker")

_HOUR = 3600
_DAY = 24 * _HOUR
_TOKENS_KEPT = 7 * _DAY
"""How long an expired family is kept, so that reuse is still recognised as such."""
_EXPIRED_KEPT = 5 * 60
"""How long an expired sign-in is known, so that its page can say so and lead back."""
_EVERY = 5 * 60
"""Seconds between two rounds of housekeeping."""
_PAUSE = 0.2
"""Seconds between two looks at the outbox: a logout token shouldn't be slower than the person's next click."""


@click.command()
def worker() -> None:
    """Send mail and logout tokens, rotate keys, tidy up, until told to stop."""
    log.configure()
    with refusals():
        settings = load_provider()
        keep_private(settings.data_dir, settings.database_url)
        provider = build(settings)
    core = provider.core
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _await_schema(core, stop)
    housekeeping = threading.Thread(target=_keep_house, args=(core, stop), daemon=True)
    housekeeping.start()
    build_worker(provider).run_forever(stop, pause=_PAUSE)
    housekeeping.join(timeout=5)


def _await_schema(core: Core, stop: threading.Event) -> None:
    """Wait for the database, and for `idp serve` or `idp db upgrade`: when everything starts at once, the worker may be first."""
    while not stop.is_set() and not _has_schema(core):
        stop.wait(_PAUSE)


def _has_schema(core: Core) -> bool:
    try:
        return schema.is_current(core.database)
    except DatabaseUnavailable as error:
        _log.warning("the database can't be reached: %s", type(error).__name__)
        time.sleep(1)
        return False


def _keep_house(core: Core, stop: threading.Event) -> None:
    while not stop.wait(_EVERY if tidy(core) else _EVERY / 5):
        pass


def tidy(core: Core) -> bool:
    """Rotate keys that are due and delete what no answer depends on any more; False if it has to be tried again soon."""
    settings, now = core.settings, core.clock()
    began = time.monotonic()
    try:
        rotation.maintain(
            core.keys,
            now,
            every=settings.keys.rotation_days * _DAY,
            publish_ahead=settings.keys.publish_ahead_hours * _HOUR,
            keep_after=settings.lifetimes.session_absolute,
        )
        core.accounts.purge()
        with core.database.write() as tx:
            core.rate_limiter.purge(tx)
            core.strong.purge(tx)
            core.relay.purge(tx)
            forgotten = housekeeping.forget_expired(tx, now=now, keep=_TOKENS_KEPT) + interactions.forget_expired(
                tx, before=now - _EXPIRED_KEPT
            )
    except Exception:  # noqa: BLE001  whatever it was, it is logged and tried again
        _log.exception("housekeeping failed")
        return False
    _log.info("tidied", extra={"event": {"forgotten": forgotten, "seconds": round(time.monotonic() - began, 2)}})
    return True
