"""Messages, who sends them, and what was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("high", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name="uq_message_id"),
    )
    op.create_index("ix_message_all", "message", ["sub", "archived", "number"])
    op.create_index("ix_message_unread", "message", ["sub", "archived", "unread", "number"])
    op.create_index("ix_message_service", "message", ["sub", "service", "archived", "number"])
    op.create_index(
        "ix_message_service_unread", "message", ["sub", "service", "archived", "unread", "number", "expires_at"]
    )
    op.create_index("ix_message_expires_at", "message", ["expires_at"])
    op.create_table(
        "message_service",
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sub", "service"),
    )
    op.create_table(
        "message_posting",
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service", "key_hash"),
    )
    op.create_index("ix_message_posting_created_at", "message_posting", ["created_at"])


def downgrade() -> None:
    for table in ("message_posting", "message_service", "message"):
        op.drop_table(table)
