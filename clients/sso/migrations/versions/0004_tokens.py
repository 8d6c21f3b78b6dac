"""A person's tokens for APIs, and what renews them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sso_grant",
        sa.Column("session_id", sa.String(43), sa.ForeignKey("sso_session.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "sso_access_token",
        sa.Column("session_id", sa.String(43), sa.ForeignKey("sso_session.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("resource", sa.String(500), primary_key=True),
        sa.Column("scope", sa.String(500), primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sso_access_token")
    op.drop_table("sso_grant")
