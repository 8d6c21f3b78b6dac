"""The methods that are switched on, and the one way to have one of them verify an answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from flask_babel import gettext as _

from idp.accounts.strength import Proof
from idp.factors.attempts import Attempts
from idp.factors.base import Attempt, Method, Refusal


class Registry:
    """Knows every method by its name, in the order in which they are offered."""

    def __init__(self, methods: Iterable[Method], attempts: Attempts, used_up: Callable[[Attempt, str], None]) -> None:
        self._methods = {method.name: method for method in methods}
        self._attempts = attempts
        self._used_up = used_up
        """Tells the owner that somebody who has the password has guessed at a method as often as they may."""

    def __iter__(self) -> Iterator[Method]:
        return iter(self._methods.values())

    def find(self, name: str) -> Method | None:
        """Return the method of that name."""
        return self._methods.get(name)

    def title(self, name: str) -> str:
        """Return what people call a method; `password` is one too."""
        method = self._methods.get(name)
        return method.describe().title if method else _("Password")

    def verify(self, name: str, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Have a method verify an answer. The attempt is counted first, and fails closed."""
        method = self._methods.get(name)
        if method is None:
            return Refusal("unavailable")
        taken = self._attempts.take(attempt, name)
        if isinstance(taken, Refusal):
            return taken
        outcome = method.verify(attempt, answer)
        if isinstance(outcome, Refusal) and outcome.reason in {"waiting", "unavailable"}:
            self._attempts.give_back(attempt, name)
        elif isinstance(outcome, Refusal) and self._attempts.is_last(taken):
            self._used_up(attempt, name)
        return outcome
