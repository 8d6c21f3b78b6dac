"""From which network somebody was sent to the provider."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sso_pending_sign_in", sa.Column("network", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_sso_pending_sign_in_network", "sso_pending_sign_in", ["network"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_sso_pending_sign_in_network", table_name="sso_pending_sign_in")
    op.drop_column("sso_pending_sign_in", "network")
