"""Wrong passwords are counted by hour, so that a flood can be told from what is usual; codes and mails are the rate limiter's."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "shard", name=op.f("pk_sign_in_failures")),
    )
    # Mails of the last hour and wrong codes of the last day: they are counted anew, once.
    op.drop_table("account_quota")


def downgrade() -> None:
    op.create_table(
        "account_quota",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_account_quota")),
    )
    op.create_index("ix_account_quota_expires_at", "account_quota", ["expires_at"], unique=False)
    op.drop_table("sign_in_failures")
