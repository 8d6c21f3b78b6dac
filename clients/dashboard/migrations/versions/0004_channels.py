"""Channels: by which ways people hear of messages, and what is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("security", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("email", "push"):
        op.add_column("message_service", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "message_default",
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sub"),
    )
    op.create_table(
        "message_notice",
        sa.Column("message_id", sa.String(length=22), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_message_notice_due", "message_notice", ["next_attempt_at", "message_id"])


def downgrade() -> None:
    for table in ("message_notice", "message_default"):
        op.drop_table(table)
    for table, column in (("message_service", "push"), ("message_service", "email"), ("message", "security")):
        op.drop_column(table, column)
