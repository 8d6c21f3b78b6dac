"""What is asked of the authority and what it has made, its revocation lists, the trail, and what others have to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = "CREATE TRIGGER certificate_event_no_{0} BEFORE {0} ON certificate_event BEGIN SELECT RAISE(ABORT, 'append-only'); END"
_FUNCTION = """CREATE FUNCTION certificate_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"""
_POSTGRESQL = (
    "CREATE TRIGGER certificate_event_{0} BEFORE {1} ON certificate_event"
    " FOR EACH {0} EXECUTE FUNCTION certificate_append_only()"
)


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("enrolment_id", sa.String(43), nullable=False),
        sa.Column("key_fingerprint", sa.String(64), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("replaces", sa.String(40), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
    )
    op.create_index("ix_certificate_sub", "certificate", ["sub"])
    op.create_index("ix_certificate_key", "certificate", ["key_fingerprint"])
    op.create_index("ix_certificate_not_after", "certificate", ["not_after"])
    op.create_index("uq_certificate_enrolment", "certificate", ["enrolment_id"], unique=True)
    op.create_index("ix_certificate_revoked", "certificate", ["revoked_at"])
    op.create_table(
        "revocation_list",
        sa.Column("name", sa.String(10), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.Integer(), nullable=False),
    )
    op.create_table(
        "certificate_event",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_index("ix_certificate_event_sub", "certificate_event", ["sub"])
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("open_sub", sa.String(255), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "username", "email", "locale", "purpose", "request")
        ),
        sa.Column("key_fingerprint", sa.String(64), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(255), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("uq_enrolment_open_sub", "enrolment", ["open_sub"], unique=True)
    op.create_index("ix_enrolment_sub", "enrolment", ["sub"])
    op.create_index("ix_enrolment_state", "enrolment", ["state", "created_at"])
    op.create_table(
        "certificate_sending",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_certificate_sending_due_at", "certificate_sending", ["due_at"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(change))
    else:
        op.execute(_FUNCTION)
        op.execute(_POSTGRESQL.format("ROW", "UPDATE OR DELETE"))
        op.execute(_POSTGRESQL.format("STATEMENT", "TRUNCATE"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION certificate_append_only() CASCADE")
    for table in ("certificate_sending", "enrolment", "certificate_event", "revocation_list", "certificate"):
        op.drop_table(table)
