"""Interactions know the session that they began, and follow a browser whose secret is renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INDEXED = ("browser_digest", "started_sid", "account_id")


def upgrade() -> None:
    # A sign-in in progress lasts an hour: whoever is in the middle of one begins again.
    op.execute("DELETE FROM interaction")
    with op.batch_alter_table("interaction") as table:
        for column in ("former_digest", "started_sid"):
            table.add_column(sa.Column(column, sa.String(), nullable=False))
        for column in _INDEXED:
            table.create_index(f"ix_interaction_{column}", [column], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("interaction") as table:
        for column in _INDEXED:
            table.drop_index(f"ix_interaction_{column}")
        for column in ("started_sid", "former_digest"):
            table.drop_column(column)
