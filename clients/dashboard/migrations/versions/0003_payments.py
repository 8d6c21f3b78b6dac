"""Invoices, their history, payment references, movements of current accounts, and what was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "invoice",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payment", sa.String(length=25), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_month", sa.String(length=7), nullable=True),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name="uq_invoice_id"),
        sa.UniqueConstraint("service", "reference", name="uq_invoice_reference"),
    )
    op.create_index("ix_invoice_all", "invoice", ["sub", "changed_at", "number"])
    op.create_index("ix_invoice_state", "invoice", ["sub", "state", "changed_at", "number"])
    op.create_index("ix_invoice_due", "invoice", ["sub", "state", "due", "number"])
    op.create_index("ix_invoice_sums", "invoice", ["sub", "state", "currency", "amount"])
    op.create_index("ix_invoice_paid", "invoice", ["sub", "currency", "paid_month", "amount"])
    op.create_index("ix_invoice_payment", "invoice", ["payment"])
    op.create_table(
        "invoice_change",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("invoice", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=False),
        sa.Column("after", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("payment", sa.String(length=25), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_invoice_change_invoice", "invoice_change", ["sub", "invoice", "number"])
    op.create_index("ix_invoice_change_payment", "invoice_change", ["sub", "payment"])
    op.create_table(
        "payment",
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("basket", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reference"),
        sa.UniqueConstraint("sub", "basket", name="uq_payment_basket"),
    )
    op.create_table(
        "movement",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("service", "reference", name="uq_movement_reference"),
    )
    op.create_index("ix_movement_day", "movement", ["sub", "currency", "day", "number"])
    op.create_index("ix_movement_months", "movement", ["sub", "currency", "month", "amount"])
    op.create_table(
        "payment_posting",
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service", "key_hash"),
    )
    op.create_index("ix_payment_posting_created_at", "payment_posting", ["created_at"])


def downgrade() -> None:
    for table in ("payment_posting", "movement", "payment", "invoice_change", "invoice"):
        op.drop_table(table)
