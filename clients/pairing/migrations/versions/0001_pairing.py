"""Offices, pairings, documents, counters and the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER pairing_event_no_{0} BEFORE {0} ON pairing_event BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
_FUNCTION = """CREATE FUNCTION pairing_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"""
_POSTGRESQL = (
    "CREATE TRIGGER pairing_event_{0} BEFORE {1} ON pairing_event FOR EACH {0} EXECUTE FUNCTION pairing_append_only()"
)


def upgrade() -> None:
    op.create_table(
        "pairing_batch",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "pairing_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("customer_id", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_pairing_event_action", "pairing_event", ["action", "id"], unique=False)
    op.create_index("ix_pairing_event_customer_id", "pairing_event", ["customer_id", "id"], unique=False)
    op.create_table(
        "pairing_office",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("customer_id", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.Integer(), nullable=False),
        sa.Column("code_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "customer_id", name="uq_pairing_office_kind_customer_id"),
    )
    op.create_table(
        "pairing_throttle",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "pairing_batch_item",
        sa.Column("batch_id", sa.String(length=22), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.String(length=22), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["pairing_batch.id"], name="fk_pairing_batch_item_batch_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["office_id"], ["pairing_office.id"], name="fk_pairing_batch_item_office_id"),
        sa.PrimaryKeyConstraint("batch_id", "line"),
    )
    op.create_table(
        "pairing_document",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.String(length=22), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["pairing_office.id"], name="fk_pairing_document_office_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office_id", "year", "month", "type", "sha256", name="uq_pairing_document_file"),
    )
    op.create_table(
        "pairing_pairing",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("office_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["pairing_office.id"], name="fk_pairing_pairing_office_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sub", "office_id", name="uq_pairing_pairing_sub_office_id"),
    )
    op.create_index("ix_pairing_pairing_office_id", "pairing_pairing", ["office_id"], unique=False)
    op.create_table(
        "pairing_document_content",
        sa.Column("document_id", sa.String(length=22), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["pairing_document.id"], name="fk_pairing_document_content_document_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(change))
    else:
        op.execute(_FUNCTION)
        op.execute(_POSTGRESQL.format("ROW", "UPDATE OR DELETE"))
        op.execute(_POSTGRESQL.format("STATEMENT", "TRUNCATE"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION pairing_append_only() CASCADE")
    op.drop_table("pairing_document_content")
    op.drop_index("ix_pairing_pairing_office_id", table_name="pairing_pairing")
    op.drop_table("pairing_pairing")
    op.drop_table("pairing_document")
    op.drop_table("pairing_batch_item")
    op.drop_table("pairing_throttle")
    op.drop_table("pairing_office")
    op.drop_index("ix_pairing_event_customer_id", table_name="pairing_event")
    op.drop_index("ix_pairing_event_action", table_name="pairing_event")
    op.drop_table("pairing_event")
    op.drop_table("pairing_batch")
