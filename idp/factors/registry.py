"""The methods that are switched on, and the one way to have one of them verify an answer."""

from collections.abc import Iterable, Iterator, Mapping

from flask_babel import gettext as _

from idp.accounts.strength import Proof
from idp.factors.attempts import Attempts
from idp.factors.base import Attempt, Method, Refusal


class Registry:
    """Knows every method by its name, in the order in which they are offered."""

    def __init__(self, methods: Iterable[Method], attempts: Attempts) -> None:
        self._methods = {method.name: method for method in methods}
        self._attempts = attempts

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
        if refused := self._attempts.take(attempt.account_id, name):
            return refused
        outcome = method.verify(attempt, answer)
        if isinstance(outcome, Refusal) and outcome.reason in {"waiting", "unavailable"}:
            self._attempts.give_back(attempt.account_id, name)
        return outcome
