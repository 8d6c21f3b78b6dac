"""The only SQL of a person's tokens. Each function is one transaction; all rows go with the session that they belong to."""

from sqlalchemy import delete, select, update

from clients.sso.db import db
from clients.sso.models import SsoAccessToken, SsoGrant


def has_grant(session_id: str) -> bool:
    """Tell whether the session has something to renew tokens with."""
    return db.session.execute(select(SsoGrant.session_id).where(SsoGrant.session_id == session_id)).first() is not None


def hold_grant(session_id: str, now: int, *, until: int) -> str | None:
    """Return what renews the session's tokens, for the caller alone until then; None when there is nothing, or somebody else has it."""
    statement = (
        update(SsoGrant)
        .where(SsoGrant.session_id == session_id, SsoGrant.held_until <= now)
        .values(held_until=until)
        .returning(SsoGrant.refresh_token)
        .execution_options(synchronize_session=False)
    )
    sealed = db.session.execute(statement).scalar_one_or_none()
    db.session.commit()
    return sealed


def let_go(session_id: str) -> None:
    """Give it back as it was."""
    held = (SsoGrant.session_id == session_id, SsoGrant.held_until > 0)
    db.session.execute(update(SsoGrant).where(*held).values(held_until=0))
    db.session.commit()


def drop_grant(session_id: str) -> None:
    """Forget what renews tokens, and the tokens."""
    for table in (SsoAccessToken, SsoGrant):
        db.session.execute(delete(table).where(table.session_id == session_id))
    db.session.commit()


def find_access_token(session_id: str, resource: str, scope: str, *, expires_after: int) -> str | None:
    """Return the sealed token for that API and scope that is good for so long."""
    statement = select(SsoAccessToken.token).where(
        SsoAccessToken.session_id == session_id,
        SsoAccessToken.resource == resource,
        SsoAccessToken.scope == scope,
        SsoAccessToken.expires_at > expires_after,
    )
    return db.session.execute(statement).scalar_one_or_none()


def keep(session_id: str, *, grant: str, resource: str, scope: str, token: str, expires_at: int) -> None:
    """Note what a renewal brought, and give the grant back. Nothing, if the session ended meanwhile."""
    renewed = db.session.execute(
        update(SsoGrant)
        .where(SsoGrant.session_id == session_id)
        .values(refresh_token=grant, held_until=0)
        .returning(SsoGrant.session_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if renewed is not None:
        same = (SsoAccessToken.session_id == session_id, SsoAccessToken.resource == resource)
        db.session.execute(delete(SsoAccessToken).where(*same, SsoAccessToken.scope == scope))
        db.session.add(
            SsoAccessToken(session_id=session_id, resource=resource, scope=scope, token=token, expires_at=expires_at)
        )
    db.session.commit()
