"""The invented people of a demonstration."""

from collections.abc import Iterable

from config.settings import DemoPerson
from idp.accounts.build import Accounts
from idp.accounts.identifiers import username_key
from idp.accounts.registration import IdentifierTakenError
from idp.accounts.store import people as store


def seed_people(accounts: Accounts, people: Iterable[DemoPerson]) -> None:
    """Create those who don't exist; existing ones stay as they are and cost one statement, no hash."""
    for person in people:
        if store.username_taken(accounts.database.read(), username_key(person.username)):
            continue
        try:
            accounts.registration.create_confirmed(
                name=person.name,
                username=person.username,
                email=person.email,
                password=person.password.get_secret_value(),
                roles=person.roles,
                actor="demo",
            )
        except IdentifierTakenError:
            # Another worker that starts at the same time was faster.
            continue
