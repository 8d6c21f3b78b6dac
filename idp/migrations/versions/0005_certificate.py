"""Certificates that people sign in with, and sign-ins with them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "factor_certificate",
        sa.Column("factor_id", sa.String(length=26), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["factor_id"], ["factor.id"], name=op.f("fk_factor_certificate_factor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("factor_id", name=op.f("pk_factor_certificate")),
        sa.UniqueConstraint("issuer", "serial", name=op.f("uq_factor_certificate_issuer")),
    )
    op.create_table(
        "certificate_sign_in",
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(length=64), nullable=True),
        sa.Column("refused", sa.String(length=24), nullable=True),
        sa.Column("factor_id", sa.String(length=26), nullable=True),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_certificate_sign_in")),
        sa.UniqueConstraint("result", name=op.f("uq_certificate_sign_in_result")),
    )
    op.create_index("ix_certificate_sign_in_expires_at", "certificate_sign_in", ["expires_at"], unique=False)
    op.create_index("ix_certificate_sign_in_attempt", "certificate_sign_in", ["attempt"], unique=False)
