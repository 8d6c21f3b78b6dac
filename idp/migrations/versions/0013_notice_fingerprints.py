"""What was sent under a notice's id is remembered, so that another notice of the same id is told from the same one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relayed_notice", sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("relayed_notice", "fingerprint")
