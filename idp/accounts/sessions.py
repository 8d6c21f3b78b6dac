"""Sessions: in which browsers a person is signed in, by what proof, and how that ends.

A session is `sid.secret`; the database keeps only the SHA-256 of the secret, so a stolen copy of it signs no one in. Cookies are
`cookies.py`'s and `browser.py`'s business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from config.tuning import Lifetimes
from idp import audit
from idp.accounts import strength
from idp.accounts.store import sessions as store
from idp.accounts.strength import Proof
from idp.clock import Clock
from idp.db import Database, Row, Tx
from idp.ids import new_id
from keys import hashing

TOUCH_EVERY = 300
"""Seconds: how exactly `last_seen_at` is kept, so that reading a page seldom writes."""

_USER_AGENT_LENGTH = 400

EndHook = Callable[[Tx, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Session:
    """A live session and the person in it."""

    sid: str
    account_id: str
    username: str
    name: str
    locale: str
    time_zone: str | None
    roles: tuple[str, ...]
    auth_time: int
    proofs: tuple[Proof, ...]
    remembered: bool
    created_at: int
    last_seen_at: int
    ip: str | None
    user_agent: str | None
    address_proven_at: int
    """When the person has shown, in this session, that they read the account's mail; 0: never."""
    password_is_initial: bool
    """Somebody else has made the account's password: nothing else opens before it is changed."""

    @property
    def acr(self) -> str:
        """How strongly the person has proven who they are (OpenID Connect Core section 2)."""
        return strength.level(self.proofs)

    @property
    def amr(self) -> tuple[str, ...]:
        """By what (RFC 8176)."""
        return strength.amr(self.proofs)


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """One line of the sign-in history."""

    sid: str
    method: str
    at: int
    ip: str | None
    user_agent: str | None


class Sessions:
    """Starts, finds, strengthens and ends sessions."""

    def __init__(self, database: Database, clock: Clock, lifetimes: Lifetimes) -> None:
        self._database = database
        self._clock = clock
        self._lifetimes = lifetimes
        self.on_end: list[EndHook] = []
        """Called with the ids of sessions that end, in the transaction that ends them."""

    def start(
        self,
        tx: Tx,
        account_id: str,
        proofs: Sequence[Proof],
        *,
        ip: str | None,
        user_agent: str | None,
        remember: bool,
        address_proven_at: int = 0,
    ) -> tuple[Session, str]:
        """Begin a session with what was proven; return it and the value of its cookie."""
        now, sid, secret = self._clock(), new_id(), hashing.new_secret()
        lifetimes = self._lifetimes
        user_agent = user_agent and user_agent[:_USER_AGENT_LENGTH]
        store.insert(
            tx,
            id=sid,
            account_id=account_id,
            secret_hash=hashing.digest(secret),
            now=now,
            authenticated_at=strength.newest(proofs),
            expires_at=now + (lifetimes.remembered_session if remember else lifetimes.session_absolute),
            idle_seconds=lifetimes.remembered_session if remember else lifetimes.session_idle,
            remembered=int(remember),
            ip=ip,
            user_agent=user_agent,
            proofs=strength.write(proofs),
            address_proven_at=address_proven_at,
        )
        self._record(tx, account_id, sid, proofs, ip=ip, user_agent=user_agent)
        row = store.find_live(tx, sid, now=now)
        if row is None:
            raise LookupError(f"account {account_id} is gone or disabled")
        detail = {"sid": sid, "methods": [proof.method for proof in proofs]}
        audit.record(tx, "session.started", at=now, account_id=account_id, ip=ip, detail=detail)
        return _session(row, now), f"{sid}.{secret}"

    def find(self, cookie_value: str) -> Session | None:
        """Return the live session of a cookie, or None when there is none, whatever the reason."""
        sid, _, secret = cookie_value.partition(".")
        now = self._clock()
        # Only what can be an id reaches the database: PostgreSQL refuses a NUL.
        row = store.find_live(self._database.read(), sid, now=now) if sid.isalnum() else None
        if row is None or not hashing.same(row["secret_hash"], hashing.digest(secret)):
            return None
        if now - row["last_seen_at"] >= TOUCH_EVERY:
            with self._database.write() as tx:
                store.touch(tx, sid, now=now)
        return _session(row, now)

    def is_live(self, sid: str) -> bool:
        """Tell whether a session goes on, in whatever browser it is."""
        return store.find_live(self._database.read(), sid, now=self._clock()) is not None

    def keep_alive(self, sid: str) -> bool:
        """Note that a service uses a session on the person's behalf; False when it has ended or expired."""
        now = self._clock()
        row = store.find_live(self._database.read(), sid, now=now)
        if row is not None and now - row["last_seen_at"] >= TOUCH_EVERY:
            with self._database.write(durable=False) as tx:
                store.touch(tx, sid, now=now)
        return row is not None

    def strengthen(
        self,
        tx: Tx,
        sid: str,
        proofs: Sequence[Proof],
        *,
        ip: str | None,
        user_agent: str | None,
        address_proven_at: int = 0,
    ) -> tuple[Session, str]:
        """Record further proofs in a session; return it and its new cookie value, the former being worth nothing from now on.

        That the person reads the account's mail (`address_proven_at`) is one too, but shows no factor. Raises LookupError when the session has
        ended meanwhile.
        """
        now, secret = self._clock(), hashing.new_secret()
        before = store.find_live(tx, sid, now=now)
        if before is None:
            raise LookupError(f"session {sid} has ended")
        known = strength.joined(strength.read(before["proofs"]), proofs)
        authenticated_at = strength.newest(known)
        store.strengthen(
            tx,
            sid,
            secret_hash=hashing.digest(secret),
            proofs=strength.write(known),
            authenticated_at=authenticated_at,
            address_proven_at=address_proven_at,
            now=now,
        )
        user_agent = user_agent and user_agent[:_USER_AGENT_LENGTH]
        account_id = before["account_id"]
        self._record(tx, account_id, sid, proofs, ip=ip, user_agent=user_agent)
        detail = {"sid": sid, "methods": [proof.method for proof in proofs]}
        audit.record(tx, "session.strengthened", at=now, account_id=account_id, ip=ip, detail=detail)
        stronger = replace(
            _session(before, now),
            proofs=strength.current(known, now),
            auth_time=authenticated_at,
            last_seen_at=now,
            address_proven_at=max(before["address_proven_at"], address_proven_at),
        )
        return stronger, f"{sid}.{secret}"

    def renew(self, tx: Tx, sid: str) -> str:
        """Return a new cookie value of a session, because the former one may have been copied: it is worth nothing from now on."""
        secret = hashing.new_secret()
        store.renew(tx, sid, secret_hash=hashing.digest(secret))
        return f"{sid}.{secret}"

    def end(self, tx: Tx, sid: str, reason: str) -> bool:
        """End one session; False when it had ended before."""
        now = self._clock()
        account_id = store.end(tx, sid, reason, now=now)
        if account_id is None:
            return False
        self._ended(tx, account_id, [sid], reason, now)
        return True

    def end_all(self, tx: Tx, account_id: str, reason: str, *, except_sid: str | None = None) -> list[str]:
        """End every session of the account, but perhaps the one in use; return the ids of those that ended."""
        now = self._clock()
        sids = store.end_all(tx, account_id, reason, except_sid=except_sid or "", now=now)
        if sids:
            self._ended(tx, account_id, sids, reason, now)
        return sids

    def end_chosen(self, session: Session, chosen: str) -> list[str]:
        """End what a person chose in the list of their sessions: one by its id, `others`, or `all`. Return what ended."""
        with self._database.write() as tx:
            if chosen in {"all", "others"}:
                kept = session.sid if chosen == "others" else None
                return self.end_all(tx, session.account_id, "ended_by_person", except_sid=kept)
            own = {row["id"] for row in store.live_of_account(tx, session.account_id, now=self._clock())}
            return [chosen] if chosen in own and self.end(tx, chosen, "ended_by_person") else []

    def listing(self, account_id: str) -> list[Session]:
        """Return the account's live sessions, the last used first."""
        now = self._clock()
        return [_session(row, now) for row in store.live_of_account(self._database.read(), account_id, now=now)]

    def history(self, account_id: str, *, limit: int = 20) -> list[SignInRecord]:
        """Return the latest authentications of the account, the last one first."""
        return [
            SignInRecord(row["sid"], row["method"], row["at"], row["ip"], row["user_agent"])
            for row in store.authentications(self._database.read(), account_id, limit=limit)
        ]

    def has_signed_in(self, tx: Tx, account_id: str) -> bool:
        """Tell whether the account has ever been signed in to."""
        return bool(store.authentications(tx, account_id, limit=1))

    def _record(
        self, tx: Tx, account_id: str, sid: str, proofs: Sequence[Proof], *, ip: str | None, user_agent: str | None
    ) -> None:
        for proof in proofs:
            store.record_authentication(
                tx,
                account_id=account_id,
                sid=sid,
                method=proof.method,
                strength=strength.level([proof]),
                ip=ip,
                user_agent=user_agent,
                now=proof.at,
            )

    def _ended(self, tx: Tx, account_id: str, sids: Sequence[str], reason: str, now: int) -> None:
        for hook in self.on_end:
            hook(tx, sids)
        audit.record(tx, "session.ended", at=now, account_id=account_id, detail={"sids": list(sids), "reason": reason})


def _session(row: Row, now: int) -> Session:
    proofs = strength.current(strength.read(row["proofs"]), now)
    return Session(
        sid=row["id"],
        account_id=row["account_id"],
        username=row["username"],
        name=row["name"],
        locale=row["locale"],
        time_zone=row["time_zone"],
        roles=tuple(row["roles"].split()),
        auth_time=strength.newest(proofs) or row["authenticated_at"],
        proofs=proofs,
        remembered=bool(row["remembered"]),
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        ip=row["ip"],
        user_agent=row["user_agent"],
        address_proven_at=row["address_proven_at"],
        password_is_initial=row["password_expires_at"] is not None,
    )
