"""What a logout token has ended, for sign-ins that were on their way when it came; what waits for a browser is found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "sso_seen_logout_token"
_BOUND = ("sso_pending_sign_in", "sso_kept_form")


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("sid", sa.String(255)))
    op.add_column(_TABLE, sa.Column("sub", sa.String(255)))
    op.add_column(_TABLE, sa.Column("issued_at", sa.BigInteger(), server_default="0", nullable=False))
    for column in ("sid", "sub"):
        op.create_index(f"ix_{_TABLE}_{column}", _TABLE, [column])
    for table in _BOUND:
        op.create_index(f"ix_{table}_browser_hash", table, ["browser_hash"])


def downgrade() -> None:
    for table in _BOUND:
        op.drop_index(f"ix_{table}_browser_hash", table)
    for column in ("sid", "sub"):
        op.drop_index(f"ix_{_TABLE}_{column}", _TABLE)
    for column in ("issued_at", "sub", "sid"):
        op.drop_column(_TABLE, column)
