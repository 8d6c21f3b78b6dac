"""A session keeps what was proven in it, and a sign-in in progress too; `acr` and `amr` derive from that."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("preferred_method", sa.String(length=24), nullable=True))
    with op.batch_alter_table("sso_session") as table:
        table.add_column(sa.Column("proofs", sa.Text(), nullable=False, server_default="[]"))
    # Until now there was one way to sign in.
    op.execute(
        """
        UPDATE sso_session SET proofs =
        '[{"method":"password","at":' || authenticated_at || ',"amr":["pwd"],"shows":["knowledge"]}]'
        """
    )
    with op.batch_alter_table("sso_session") as table:
        table.alter_column("proofs", server_default=None)
        table.drop_column("acr")
        table.drop_column("amr")
    # A sign-in in progress lasts an hour: whoever is in the middle of one begins again.
    op.execute("DELETE FROM interaction")
    with op.batch_alter_table("interaction") as table:
        table.add_column(sa.Column("account_id", sa.String(), nullable=False))
        table.add_column(sa.Column("proofs", sa.Text(), nullable=False))
        for name in ("remember", "trust", "denied", "offer"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=False))
        table.drop_column("fresh")
