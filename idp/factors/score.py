"""How well somebody could get back in, as a list of steps and the next best one. Pure; the pages say it in words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Step = Literal["address", "recovery_email", "strong", "second", "codes"]

STEPS: tuple[Step, ...] = ("address", "strong", "recovery_email", "codes", "second")
"""In the order in which they are worth doing."""
ENOUGH_CODES = 3


@dataclass(frozen=True, slots=True)
class Score:
    """What has been done, of `STEPS`."""

    done: Collection[Step]

    @property
    def missing(self) -> list[Step]:
        """What hasn't, the best next step first."""
        return [step for step in STEPS if step not in self.done]

    @property
    def points(self) -> int:
        """How many have been done."""
        return len(STEPS) - len(self.missing)


def score(*, strong: int, codes_left: int, recovery_email: bool) -> Score:
    """Return the score of somebody with so many strong methods (not counting recovery codes) and unused codes."""
    reached: dict[Step, bool] = {
        "address": True,
        "strong": strong >= 1,
        "recovery_email": recovery_email,
        "codes": codes_left > ENOUGH_CODES,
        "second": strong > 1,
    }
    return Score([step for step in STEPS if reached[step]])
