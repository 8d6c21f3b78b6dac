"""What people put into widgets: their lists and their note."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "widget_entry",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("list", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_hash", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("sub", "list", "value_hash", name="uq_widget_entry_value"),
    )
    op.create_index("ix_widget_entry_position", "widget_entry", ["sub", "list", "position"])
    op.create_table(
        "widget_note",
        sa.Column("sub", sa.String(255), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("widget_note")
    op.drop_table("widget_entry")
