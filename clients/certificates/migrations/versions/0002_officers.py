"""Who decided and who did it, by name: people read names."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("enrolment", "decided_by_name"), ("certificate_event", "by_name")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table, column in (("enrolment", "decided_by_name"), ("certificate_event", "by_name")):
        op.drop_column(table, column)
