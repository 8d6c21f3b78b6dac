"""Rate limits are token buckets; browsers are known by device cookies; a sign-in may wait for a code by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
    )
    op.create_index("ix_rate_limit_until", "rate_limit", ["until"], unique=False)
    # What was counted another way, of failures, is forgotten within a day anyway.
    op.drop_table("throttle")
    op.create_table(
        "device_cookie",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_device_cookie_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_cookie")),
    )
    op.create_index("ix_device_cookie_account_id", "device_cookie", ["account_id"], unique=False)
    op.create_table(
        "sign_in_code",
        sa.Column("interaction_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("remember", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_code_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_sign_in_code")),
    )
    op.create_index("ix_sign_in_code_account_id", "sign_in_code", ["account_id"], unique=False)
    op.create_index("ix_sign_in_code_expires_at", "sign_in_code", ["expires_at"], unique=False)
    # Wrong answers of the last day: whoever had given some has as many again, once.
    op.drop_table("factor_attempts")
    op.create_table(
        "factor_attempts",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("proven", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("open_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_factor_attempts_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "method", "proven", name=op.f("pk_factor_attempts")),
    )
    with op.batch_alter_table("push_request") as table:
        table.add_column(sa.Column("proven", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("push_request") as table:
        table.alter_column("proven", server_default=None)
