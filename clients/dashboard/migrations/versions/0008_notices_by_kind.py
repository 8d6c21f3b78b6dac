"""Notices about security are a kind of their own, so that they wait for no others."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message_notice", sa.Column("security", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE message_notice SET security = true WHERE message_id IN (SELECT id FROM message WHERE security = true)"
    )


def downgrade() -> None:
    op.drop_column("message_notice", "security")
