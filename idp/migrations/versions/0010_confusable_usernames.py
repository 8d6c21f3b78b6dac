"""Usernames have a key by which they look alike; of accounts that do so already, the first one has it."""

import sqlalchemy as sa
from alembic import op

from idp.accounts.usernames import confusable_key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PAGE = 1000


def upgrade() -> None:
    # An index, not a constraint: for that SQLite would make the table anew, and drop all that hangs on an account with the old one.
    op.add_column("account", sa.Column("confusable_key", sa.Text(), nullable=True))
    op.create_index("ix_account_confusable_key", "account", ["confusable_key"], unique=True)
    connection = op.get_bind()
    page = sa.text("SELECT id, username FROM account WHERE id > :after ORDER BY id LIMIT :page")
    give = sa.text(
        "UPDATE account SET confusable_key = :key WHERE id = :id"
        " AND NOT EXISTS (SELECT 1 FROM account other WHERE other.confusable_key = :key)"
    )
    after = ""
    # Ids are in the order in which the accounts were made.
    while rows := connection.execute(page, {"after": after, "page": _PAGE}).all():
        for account_id, username in rows:
            connection.execute(give, {"id": account_id, "key": confusable_key(username)})
        after = rows[-1][0]


def downgrade() -> None:
    op.drop_index("ix_account_confusable_key", "account")
    op.drop_column("account", "confusable_key")
