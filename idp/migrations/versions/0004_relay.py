"""Notices that services send through the provider: which were taken, and how many."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relayed_notice",
        sa.Column("client_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_relayed_notice")),
    )
    op.create_index("ix_relayed_notice_created_at", "relayed_notice", ["created_at"], unique=False)
    op.create_table(
        "relay_count",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_relay_count")),
    )
    op.create_index("ix_relay_count_since", "relay_count", ["since"], unique=False)
