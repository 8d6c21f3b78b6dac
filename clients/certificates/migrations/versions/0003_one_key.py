"""One certificate for each key and for each renewal; a request that is a renewal says of what."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Before this a key was looked for, not held by an index, so two people at once could get one each. Both certificates stay; the first is the key's.
_SECOND = """
UPDATE certificate SET key_fingerprint = 'second ' || serial WHERE EXISTS (
    SELECT 1 FROM certificate AS first WHERE first.key_fingerprint = certificate.key_fingerprint
    AND (first.not_before < certificate.not_before OR (first.not_before = certificate.not_before AND first.serial < certificate.serial)))
"""


def upgrade() -> None:
    op.execute(_SECOND)
    op.drop_index("ix_certificate_key", "certificate")
    op.create_index("uq_certificate_key", "certificate", ["key_fingerprint"], unique=True)
    renewals = sa.text("replaces <> ''")
    op.create_index(
        "uq_certificate_replaces",
        "certificate",
        ["replaces"],
        unique=True,
        sqlite_where=renewals,
        postgresql_where=renewals,
    )
    op.add_column("enrolment", sa.Column("replaces", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("enrolment", "replaces")
    op.drop_index("uq_certificate_replaces", "certificate")
    op.drop_index("uq_certificate_key", "certificate")
    op.create_index("ix_certificate_key", "certificate", ["key_fingerprint"])
