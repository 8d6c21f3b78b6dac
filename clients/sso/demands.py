"""How strong and how recent a sign-in has to be for a page or an API. Pure; levels are NIST SP 800-63B-4's, as the provider's `acr` has them."""

from dataclasses import dataclass

LEVELS = ("aal1", "aal2", "aal3")
"""In ascending order."""
LEEWAY_SECONDS = 60
"""Between the moment that the provider notes and the one in which it is looked at here: the way back, and clocks that differ."""
SHORTEST_MAX_AGE = 60


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a sign-in; nothing by default."""

    acr: str = ""
    """The level to reach; empty: any."""
    max_age: int | None = None
    """Seconds since the person last proved who they are; None: however long."""

    def __post_init__(self) -> None:
        if self.acr and self.acr not in LEVELS:
            raise ValueError(f"{self.acr} is no level: use one of {', '.join(LEVELS)}.")
        if self.max_age is not None and self.max_age < SHORTEST_MAX_AGE:
            # The way back from the provider takes a moment too: whoever asks for less asks for ever.
            raise ValueError(f"max_age is at least {SHORTEST_MAX_AGE} seconds.")

    def met_by(self, acr: object, auth_time: object, now: float) -> bool:
        """Tell whether a sign-in with these claims is enough; what a token doesn't say, or says oddly, never is."""
        strong = not self.acr or (acr in LEVELS and LEVELS.index(str(acr)) >= LEVELS.index(self.acr))
        if self.max_age is None:
            return strong
        known = isinstance(auth_time, int) and not isinstance(auth_time, bool)
        return strong and known and now - int(str(auth_time)) <= self.max_age + LEEWAY_SECONDS


ANY = Demand()
"""Whoever has signed in."""
