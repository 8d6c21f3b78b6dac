"""How strongly people signed in, what is asked of those who are on their way, and what they had typed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sso_session", sa.Column("acr", sa.String(length=64), server_default="", nullable=False))
    op.add_column("sso_session", sa.Column("amr", sa.String(length=255), server_default="", nullable=False))
    op.add_column("sso_session", sa.Column("auth_time", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sso_pending_sign_in", sa.Column("acr", sa.String(length=64), server_default="", nullable=False))
    op.add_column("sso_pending_sign_in", sa.Column("max_age", sa.BigInteger(), nullable=True))
    op.create_table(
        "sso_kept_form",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("ix_sso_kept_form_expires_at", "sso_kept_form", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_sso_kept_form_expires_at", table_name="sso_kept_form")
    op.drop_table("sso_kept_form")
    op.drop_column("sso_pending_sign_in", "max_age")
    op.drop_column("sso_pending_sign_in", "acr")
    op.drop_column("sso_session", "auth_time")
    op.drop_column("sso_session", "amr")
    op.drop_column("sso_session", "acr")
