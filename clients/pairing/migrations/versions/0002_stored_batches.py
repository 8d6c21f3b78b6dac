"""A batch that was stored is remembered, so that the second of two clicks is told so."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pairing_batch", sa.Column("stored", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("pairing_batch", "stored")
