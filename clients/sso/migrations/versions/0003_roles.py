"""What people may do, where a service asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sso_session", sa.Column("roles", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("sso_session", "roles")
