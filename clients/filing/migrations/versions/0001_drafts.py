"""Drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing_draft",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sub", "submission", name="uq_filing_draft_sub_submission"),
        sa.UniqueConstraint("reference", name="uq_filing_draft_reference"),
    )
    op.create_index("ix_filing_draft_sub_updated_at", "filing_draft", ["sub", "updated_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_filing_draft_sub_updated_at", table_name="filing_draft")
    op.drop_table("filing_draft")
