"""The only SQL of signing in. Each function is one transaction."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from clients.sso.db import db
from clients.sso.models import KeptForm, PendingSignIn, SeenLogoutToken, SsoGrant, SsoSession

MAX_PENDING = 500
"""Of one network (an IPv4 address, or an IPv6 /64): anybody can begin, as often as they like."""
_MOST_KEPT_FORMS = 10
"""Of one person: more tabs than anybody has open when a session ends."""


def add_pending(pending: PendingSignIn, now: int) -> None:
    """Remember somebody who is sent to the provider, and forget those who never came back; of one network, all but the newest."""
    of_network = PendingSignIn.network == pending.network
    newest = select(PendingSignIn.state_hash).where(of_network).order_by(PendingSignIn.expires_at.desc())
    others = of_network & PendingSignIn.state_hash.not_in(newest.limit(MAX_PENDING - 1))
    db.session.execute(delete(PendingSignIn).where((PendingSignIn.expires_at <= now) | others))
    db.session.add(pending)
    db.session.commit()


def consume_pending(state_hash: str, browser_hash: str, now: int) -> PendingSignIn | None:
    """Take a pending sign-in away, for the browser that began it and once only: atomic, so of two callbacks one gets it."""
    statement = (
        delete(PendingSignIn)
        .where(
            PendingSignIn.state_hash == state_hash,
            PendingSignIn.browser_hash == browser_hash,
            PendingSignIn.expires_at > now,
        )
        .returning(PendingSignIn)
        .execution_options(synchronize_session=False)
    )
    pending = db.session.execute(statement).scalar_one_or_none()
    if pending is not None:
        db.session.expunge(pending)
    db.session.commit()
    return pending


def add_kept_form(kept: KeptForm, now: int) -> None:
    """Put a form aside, and forget those that nobody came back for; of one person, all but the newest few."""
    newest = select(KeptForm.id_hash).where(KeptForm.sub == kept.sub).order_by(KeptForm.expires_at.desc())
    others = (KeptForm.sub == kept.sub) & KeptForm.id_hash.not_in(newest.limit(_MOST_KEPT_FORMS - 1))
    db.session.execute(delete(KeptForm).where((KeptForm.expires_at <= now) | others))
    db.session.add(kept)
    db.session.commit()


def find_kept_form(id_hash: str, browser_hash: str, now: int) -> KeptForm | None:
    """Return a form that was put aside in that browser."""
    wanted = (KeptForm.id_hash == id_hash, KeptForm.browser_hash == browser_hash, KeptForm.expires_at > now)
    return db.session.execute(select(KeptForm).where(*wanted)).scalar_one_or_none()


def rebind_browser(former_hash: str, browser_hash: str) -> None:
    """Let what waits for a browser wait for the same one under its new secret."""
    for table in (PendingSignIn, KeptForm):
        db.session.execute(update(table).where(table.browser_hash == former_hash).values(browser_hash=browser_hash))
    db.session.commit()


def forget_browser(browser_hash: str) -> None:
    """Forget what waits for a browser."""
    for table in (PendingSignIn, KeptForm):
        db.session.execute(delete(table).where(table.browser_hash == browser_hash))
    db.session.commit()


def add_session(
    session: SsoSession,
    grant: SsoGrant | None,
    *,
    replaces: str,
    used_before: int,
    created_before: int,
    id_token_issued_at: int,
) -> bool:
    """Save a new session in place of the one this browser had, and delete those that ended by themselves.

    False when the provider has ended this sign-in while the browser was on its way: its logout token was quicker than the callback.
    """
    session_id, sid, sub = session.id, session.sid, session.sub
    ended = or_(SsoSession.id == replaces, SsoSession.used_at <= used_before, SsoSession.created_at <= created_before)
    db.session.execute(delete(SsoSession).where(ended))
    db.session.add(session)
    if grant is not None:
        db.session.flush()
        db.session.add(grant)
    db.session.commit()
    # Looked up once the session can be seen, and `end_sessions_once` looks again once its token can be: one of the two finds the other.
    person = SeenLogoutToken.sid.is_(None) & (SeenLogoutToken.sub == sub)
    by = or_(SeenLogoutToken.sid == sid, person & (SeenLogoutToken.issued_at > id_token_issued_at))
    if db.session.execute(select(SeenLogoutToken.jti_hash).where(by).limit(1)).first() is None:
        return True
    delete_session(session_id)
    return False


def find_session(session_id: str) -> SsoSession | None:
    """Return a session's row, whether still good or not."""
    return db.session.execute(select(SsoSession).where(SsoSession.id == session_id)).scalar_one_or_none()


def touch_session(session_id: str, now: int) -> None:
    """Note that it was used."""
    db.session.execute(update(SsoSession).where(SsoSession.id == session_id).values(used_at=now))
    db.session.commit()


def delete_session(session_id: str) -> None:
    """End one session."""
    db.session.execute(delete(SsoSession).where(SsoSession.id == session_id))
    db.session.commit()


def end_sessions_once(
    jti_hash: str, expires_at: int, now: int, *, issued_at: int, sub: str | None, sid: str | None
) -> int | None:
    """Obey a logout token: end the sessions it names and return how many, or None when it was obeyed before."""
    db.session.execute(delete(SeenLogoutToken).where(SeenLogoutToken.expires_at <= now))
    db.session.add(SeenLogoutToken(jti_hash=jti_hash, expires_at=expires_at, sid=sid, sub=sub, issued_at=issued_at))
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return None
    named = [column == value for column, value in ((SsoSession.sub, sub), (SsoSession.sid, sid)) if value is not None]
    named_sessions = delete(SsoSession).where(*named).returning(SsoSession.id)
    ended = len(db.session.execute(named_sessions).all())
    db.session.commit()
    # Again, for a session that began meanwhile: see `add_session`.
    ended += len(db.session.execute(named_sessions).all())
    db.session.commit()
    return ended
