"""Creating an account: what was typed waits, sealed, in a confirmation; the account begins when its e-mail address is confirmed.

So there are no half-made accounts: nothing to clean up, and a name or an address that nobody confirmed is free for whoever
confirms first. That an address has an account already is said only in a mail to that address.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson

from idp import audit
from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.identifiers import address_key, username_key
from idp.accounts.notices import Where
from idp.accounts.passwords import Passwords, Problem
from idp.accounts.proofs import Confirmation, Proof, Purpose, Unproven
from idp.accounts.store import addresses, people
from idp.accounts.usernames import confusable_key, is_reserved
from idp.db import Tx
from idp.ids import new_id


class Taken(StrEnum):
    """What belongs to somebody else."""

    USERNAME = "username"
    """Or one that looks like it."""
    RESERVED = "reserved"
    """It looks like a name that only the staff have."""
    ADDRESS = "address"


class IdentifierTakenError(Exception):
    """The username or the address belongs to another account; rolls the transaction back."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(taken)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person typed; `username` and `email` in the form that `identifiers` gives them."""

    name: str
    username: str
    email: str
    password: str
    locale: str
    country: str | None = None
    next_path: str = ""
    """Where on this host the person wanted to go."""


@dataclass(frozen=True, slots=True)
class Created:
    """The account exists."""

    account_id: str
    next_path: str
    confirmation_id: str


class Registration:
    """Use cases of sign-up."""

    def __init__(
        self, common: Common, passwords: Passwords, confirmations: Confirmations, *, reserved: Sequence[str]
    ) -> None:
        self._reserved = reserved
        self._common = common
        self._passwords = passwords
        self._confirmations = confirmations

    def begin(self, sign_up: SignUp, where: Where) -> str | Taken | Problem:
        """Send a proof to the address and return the confirmation's id; or say that the username is taken, the password bad.

        Raises PageError (429) after too many.
        """
        # Before meter and hash; and by network, so that a stranger's sign-ups with this address make nobody else wait.
        self._common.brake.count("sign_up", about=f"{sign_up.email} {where.ip or ''}", ip=where.ip)
        username = sign_up.username
        if is_reserved(username, self._reserved):
            return Taken.RESERVED
        if people.username_taken(self._common.database.read(), username_key(username), confusable_key(username)):
            return Taken.USERNAME
        if problem := self.check_password(
            sign_up.password, name=sign_up.name, username=sign_up.username, email=sign_up.email
        ):
            return problem
        data: dict[str, Any] = {
            "name": sign_up.name,
            "username": sign_up.username,
            "password_hash": self._passwords.hash(sign_up.password),
            "locale": sign_up.locale,
            "country": sign_up.country,
            "terms_accepted_at": self._common.clock(),
            "next": sign_up.next_path,
        }
        with self._common.database.write() as tx:
            confirmation_id, proof = self._confirmations.request(
                tx, Purpose.SIGN_UP, sign_up.email, data=data, content=orjson.dumps(asdict(sign_up))
            )
            if proof:
                self._send(tx, sign_up.email, data, proof)
            self._common.audit(tx, "account.sign_up_begun", None, where)
        return confirmation_id

    def resend(self, confirmation_id: str) -> bool:
        """Send the same proof again; False when it is too early, too late or too often."""
        with self._common.database.write() as tx:
            again = self._confirmations.resend(tx, confirmation_id, Purpose.SIGN_UP)
            if again:
                confirmation, proof = again
                self._send(tx, confirmation.address, confirmation.data, proof)
        return again is not None

    def min_password_length(self) -> int:
        """Return how many characters the password of a new account has at least: it is all that signs in at first."""
        return self._passwords.min_length(second_step=False)

    def check_password(self, password: str, *, name: str, username: str, email: str) -> Problem | None:
        """Return what is wrong with a password for a new account."""
        return self._passwords.check_strength(password, [username, name, email])

    def confirm_link(self, token: str, where: Where) -> Created | Unproven | Taken:
        """Create the account by the link that was mailed; it works once."""
        return self._confirm(lambda tx: self._confirmations.consume_link(tx, Purpose.SIGN_UP, token), where)

    def confirm_code(self, confirmation_id: str, code: str, where: Where) -> Created | Unproven | Taken:
        """Create the account by the code that was mailed; it works once, and wrong ones are counted."""
        return self._confirm(
            lambda tx: self._confirmations.consume_code(tx, confirmation_id, Purpose.SIGN_UP, code), where
        )

    def create_confirmed(
        self,
        *,
        name: str,
        username: str,
        email: str,
        password: str,
        locale: str = "en",
        country: str | None = None,
        roles: tuple[str, ...] = (),
        actor: str | None = None,
        password_seconds: int = 0,
    ) -> str:
        """Create an account whose address an administrator vouches for; return its id. Raises IdentifierTakenError.

        `password_seconds`: the password is an initial one that works for so long, and is changed at the first sign-in; 0: it's the owner's.
        """
        data: dict[str, Any] = {
            "name": name,
            "username": username,
            "password_hash": self._passwords.hash(password),
            "locale": locale,
            "country": country,
            "roles": " ".join(roles),
            "password_expires_at": self._common.clock() + password_seconds if password_seconds else None,
            "terms_accepted_at": self._common.clock(),
        }
        with self._common.database.write() as tx:
            return self._create(tx, email, data, ip=None, actor=actor)

    def _confirm(self, consume: Callable[[Tx], Confirmation | Unproven], where: Where) -> Created | Unproven | Taken:
        try:
            with self._common.database.write() as tx:
                confirmed = consume(tx)
                if isinstance(confirmed, Unproven):
                    return confirmed
                account_id = self._create(tx, confirmed.address, confirmed.data, ip=where.ip)
                self._common.notices.tell(tx, account_id, "welcome", where, sign_in=self._common.base_url)
        except IdentifierTakenError as error:
            return error.taken
        return Created(account_id, confirmed.data["next"], confirmed.id)

    def _create(self, tx: Tx, address: str, data: dict[str, Any], *, ip: str | None, actor: str | None = None) -> str:
        account_id, now = new_id(), self._common.clock()
        created = people.insert_unless_taken(
            tx,
            id=account_id,
            username=data["username"],
            username_key=username_key(data["username"]),
            confusable_key=confusable_key(data["username"]),
            name=data["name"],
            password_hash=data["password_hash"],
            locale=data["locale"],
            country=data["country"],
            roles=data.get("roles", ""),
            password_expires_at=data.get("password_expires_at"),
            terms_accepted_at=data["terms_accepted_at"],
            now=now,
        )
        if not created:
            raise IdentifierTakenError(Taken.USERNAME)
        if not addresses.insert_primary_unless_taken(tx, account_id, address, address_key(address), now=now):
            raise IdentifierTakenError(Taken.ADDRESS)
        audit.record(tx, "account.created", at=now, account_id=account_id, actor=actor, ip=ip)
        return account_id

    def _send(self, tx: Tx, address: str, data: dict[str, Any], proof: Proof) -> None:
        # The same work either way: only the mailbox's owner learns whether there is an account.
        exists = addresses.owner_of_primary(tx, address_key(address)) is not None
        self._common.outbox.mail(
            tx,
            address,
            "account_exists" if exists else "confirm_sign_up",
            data["locale"],
            {
                # No greeting by name: anybody can have this mail sent to anybody, and must not write its text.
                "name": "",
                "username": data["username"],
                "code": proof.code,
                "guessed": proof.guessed,
                "link": self._common.link(f"confirm/{proof.token}"),
                "sign_in": self._common.base_url,
                "forgot_username": self._common.link("forgot-username"),
                "forgot_password": self._common.link("forgot-password"),
            },
        )
