from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.provider import ProviderSettings
from config.strong import WebAuthn
from idp.accounts.sessions import Session
from idp.accounts.strength import password
from idp.db import Database
from idp.factors.base import Attempt, Refusal
from idp.factors.service import Factors
from idp.factors.webauthn.enrolment import Enrolled
from idp.factors.webauthn.service import Identified, Passkeys
from tests.support.people import HERE, People, quick_settings
from tests.support.virtual_keys import SoftwareKey


class Household:
    """Accounts, and the method over them."""

    def __init__(self, people: People, settings: ProviderSettings) -> None:
        self.people = people
        self.settings = settings
        self.factors = Factors(people.accounts.common)
        self.passkeys = Passkeys(common=people.accounts.common, factors=self.factors, settings=settings)

    def with_policy(self, **policy: Any) -> "Household":
        strong = self.settings.strong.model_copy(update={"webauthn": WebAuthn(**policy)})
        return Household(self.people, self.settings.model_copy(update={"strong": strong}))

    def session(self, account_id: str) -> Session:
        here = {"ip": HERE.ip, "user_agent": HERE.user_agent}
        with self.people.database.write() as tx:
            proofs = [password(self.people.now)]
            return self.people.accounts.sessions.start(tx, account_id, proofs, **here, remember=False)[0]

    def begin(self, session: Session, kind: str = "passkey") -> dict[str, Any]:
        return self.passkeys.enrolment.begin(session)[kind]

    def finish(self, session: Session, answer: str) -> Enrolled | str:
        return self.passkeys.enrolment.finish(session, answer, HERE, otherwise="Passkey")

    def enrol(self, session: Session, key: SoftwareKey, kind: str = "passkey", **lies: Any) -> Enrolled:
        enrolled = self.finish(session, key.create(self.begin(session, kind), **lies))
        assert isinstance(enrolled, Enrolled), enrolled
        return enrolled

    def identify(self, key: SoftwareKey, **lies: Any) -> Identified | Refusal:
        return self.passkeys.identify("i1", key.get(self.passkeys.sign_in_options("i1"), **lies), HERE)

    def attempt(self, account_id: str) -> Attempt:
        return Attempt("i1", account_id, "Filing", HERE.ip or "", HERE.user_agent or "")

    def second_step(self, account_id: str, key: SoftwareKey, **lies: Any) -> Any:
        attempt = self.attempt(account_id)
        asked = {**self.passkeys.ask(attempt)["options"], **lies.pop("options", {})}
        return self.passkeys.verify(attempt, {"credential": key.get(asked, **lies)})


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Household:
    settings = quick_settings(tmp_path)
    return Household(People(database, settings), settings)


@pytest.fixture
def session(home: Household) -> Session:
    return home.session(home.people.create())


@pytest.fixture
def other(session: Session, home: Household) -> Session:
    return replace(home.session(home.people.create("dora", "dora@example.org")), name="Dora")
