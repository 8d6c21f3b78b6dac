"""Who has begun a sign-in, by network; and that the replay of a ticket was recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interaction", sa.Column("network", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_interaction_network", "interaction", ["network"], unique=False)
    op.add_column("certificate_sign_in", sa.Column("replayed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("certificate_sign_in", "replayed_at")
    op.drop_index("ix_interaction_network", table_name="interaction")
    op.drop_column("interaction", "network")
