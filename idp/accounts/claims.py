"""What the protocol may say about a person: the standard claims of OpenID Connect Core, section 5.1. Which of them is its decision."""

from typing import Any

from idp.accounts.store import people
from idp.db import Database, Row

_ADDRESS = {
    "street_address": "street",
    "locality": "city",
    "region": "region",
    "postal_code": "postal_code",
    "country": "country",
}


class Claims:
    """Reads claims."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def for_subject(self, account_id: str) -> dict[str, Any] | None:
        """Return every claim that has a value, by one statement; None when the account is gone or disabled."""
        row = people.find_active_with_address(self._database.read(), account_id)
        if row is None:
            return None
        claims = {
            "sub": row["id"],
            "preferred_username": row["username"],
            "name": row["name"],
            "given_name": row["given_name"],
            "family_name": row["family_name"],
            "email": row["address"],
            "email_verified": True if row["address"] else None,
            "locale": row["locale"],
            "zoneinfo": row["time_zone"],
            "phone_number": row["phone"],
            "address": _address(row),
            "updated_at": row["updated_at"],
            "roles": row["roles"].split(),
        }
        return {name: value for name, value in claims.items() if value is not None}


def _address(row: Row) -> dict[str, str] | None:
    return {claim: row[column] for claim, column in _ADDRESS.items() if row[column]} or None
