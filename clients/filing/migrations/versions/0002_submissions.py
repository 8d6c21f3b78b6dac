"""What was sent with the submission that made a draft, so that the same one with other content is no repetition."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("filing_draft", sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("filing_draft", "fingerprint")
