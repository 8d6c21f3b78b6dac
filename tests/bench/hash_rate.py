"""How many passwords this core verifies in a second when it does nothing else: `python -m tests.bench.hash_rate SECONDS`.

One after the other, with the provider's own class and default cost. It is the limit of any sign-in with a password.
"""

import subprocess
import sys
import time

from config.tuning import Passwords as Settings
from idp.accounts.passwords import Passwords
from tests.bench import cores

_WARM_UP = 3


def measure(*, seconds: float, core: int) -> float:
    """Measure in a process of its own on that core."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.hash_rate", str(seconds)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=cores.pin(core),
    )
    return float(done.stdout)


def _verifications_a_second(seconds: float) -> float:
    passwords = Passwords(Settings())
    stored = passwords.hash("demo-PASSWORD-1")
    for _ in range(_WARM_UP):
        passwords.verify(stored, "demo-PASSWORD-1")
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        assert passwords.verify(stored, "demo-PASSWORD-1")
        count += 1
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    print(_verifications_a_second(float(sys.argv[1])))
