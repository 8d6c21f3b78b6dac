"""When a session, and a sign-in in progress, has shown that its person reads the account's mail; when an initial password expires."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain columns: for more than that SQLite would make the tables anew, and drop all that hangs on an account with the old one.
    for table in ("sso_session", "interaction"):
        op.add_column(table, sa.Column("address_proven_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("account", sa.Column("password_expires_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "password_expires_at")
    for table in ("interaction", "sso_session"):
        op.drop_column(table, "address_proven_at")
