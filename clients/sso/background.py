"""Work that goes on beside the pages: threads that do what is due, again and again, for as long as the program runs."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

_PAUSE, _PAUSE_AFTER_FAILURE = 1.0, 5.0


def begin(
    run_once: Callable[[], int], name: str, *, pause: float = _PAUSE, stop: threading.Event | None = None
) -> None:
    """Call `run_once` until `stop` is set or the program ends: at once again when it had something to do, else after `pause` seconds.

    Survives a database that is away for a while. What has a thread of its own waits for nothing else.
    """
    ends = stop or threading.Event()
    threading.Thread(target=_run_forever, args=(run_once, name, pause, ends), name=name, daemon=True).start()


def _run_forever(run_once: Callable[[], int], name: str, usual: float, stop: threading.Event) -> None:
    pause = 0.0
    while not stop.wait(pause):
        try:
            pause = 0.0 if run_once() else usual
        except Exception:  # noqa: BLE001 - the loop goes on, whatever it was
            _log.exception("%s failed", name)
            pause = _PAUSE_AFTER_FAILURE
