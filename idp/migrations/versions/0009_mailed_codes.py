"""Mailed codes of 40 bits, one open request for each account and purpose; recovery codes under a key; advice about passwords."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_quota",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_account_quota")),
    )
    op.create_index("ix_account_quota_expires_at", "account_quota", ["expires_at"], unique=False)
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("password_advice", sa.String(length=8), nullable=True))
    with op.batch_alter_table("confirmation") as table:
        table.add_column(sa.Column("proof_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("same_as", sa.String(length=26), nullable=True))
        table.drop_column("attempts")
        table.drop_column("sent_count")
        table.create_unique_constraint(op.f("uq_confirmation_proof_hash"), ["proof_hash"])
    # Six digits: those that are on their way no longer work, the links beside them do.
    op.execute("UPDATE confirmation SET code_hash = NULL")
    with op.batch_alter_table("factor_recovery_code") as table:
        table.add_column(sa.Column("keyed", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("factor_recovery_code") as table:
        table.alter_column("keyed", server_default=None)
