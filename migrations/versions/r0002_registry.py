"""The registry: borrowers, loans, what was paid and what happened, and imports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "borrowers",
    "contacts",
    "file_imports",
    "import_mappings",
    "import_problems",
    "products",
    "loans",
    "instalments",
    "loan_tags",
    "offers",
    "payments",
    "promises",
    "signals",
)


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "borrowers",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=250), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("email", sa.String(length=250), nullable=True),
        sa.Column("messenger", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=10), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("contact_stop", sa.String(length=40), nullable=True),
        sa.Column("lending_restricted_at", UtcDateTime(), nullable=True),
        sa.Column("lending_restriction", sa.String(length=250), nullable=True),
        sa.Column("loans_count", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_borrowers"),
        sa.UniqueConstraint("external_id", name="ks_uq_borrowers_external_id"),
    )
    op.create_index("ks_ix_borrowers_full_name", "borrowers", ["full_name"])
    op.create_index("ks_ix_borrowers_phone", "borrowers", ["phone"])
    op.create_table(
        "contacts",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_contacts"),
        sa.UniqueConstraint("case_id", "node_id", "batch_id", name="ks_uq_contacts_case_id_node_id_batch_id"),
    )
    op.create_index("ks_ix_contacts_borrower_id_kind_at", "contacts", ["borrower_id", "kind", "at"])
    op.create_table(
        "file_imports",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=250), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_added", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("rows_wrong", sa.Integer(), nullable=False),
        sa.Column("message", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_file_imports"),
    )
    op.create_table(
        "import_mappings",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("header_hash", sa.String(length=64), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_import_mappings"),
        sa.UniqueConstraint("kind", "header_hash", name="ks_uq_import_mappings_kind_header_hash"),
    )
    op.create_table(
        "import_problems",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=250), nullable=True),
        sa.Column("value", sa.String(length=250), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("text", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_import_problems"),
    )
    op.create_index("ks_ix_import_problems_import_id", "import_problems", ["import_id"])
    op.create_table(
        "products",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("daily_rate_ppm", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_products"),
        sa.UniqueConstraint("code", name="ks_uq_products_code"),
    )
    op.create_table(
        "loans",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("product_id", BigKey, nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("servicing", sa.String(length=10), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=30), nullable=True),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("overdue_since", sa.Date(), nullable=True),
        sa.Column("dpd", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=10), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("next_due_amount", sa.BigInteger(), nullable=True),
        sa.Column("last_payment_on", sa.Date(), nullable=True),
        sa.Column("risk_score", sa.Integer(), nullable=True),
        sa.Column("risk_group", sa.String(length=10), nullable=True),
        sa.Column("debt_burden", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("bailiff_state", sa.String(length=20), nullable=False),
        sa.Column("bureau_state", sa.String(length=20), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_loans_borrower_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="ks_fk_loans_product_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_loans"),
        sa.UniqueConstraint("external_id", name="ks_uq_loans_external_id"),
    )
    op.create_index("ks_ix_loans_borrower_id", "loans", ["borrower_id"])
    op.create_index("ks_ix_loans_bucket", "loans", ["bucket"])
    op.create_index("ks_ix_loans_dpd", "loans", ["dpd"])
    op.create_index("ks_ix_loans_shard", "loans", ["shard"])
    op.create_table(
        "instalments",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_instalments_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_instalments"),
        sa.UniqueConstraint("loan_id", "number", name="ks_uq_instalments_loan_id_number"),
    )
    op.create_index("ks_ix_instalments_due_on", "instalments", ["due_on"])
    op.create_table(
        "loan_tags",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_loan_tags_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_loan_tags"),
        sa.UniqueConstraint("loan_id", "tag", name="ks_uq_loan_tags_loan_id_tag"),
    )
    op.create_table(
        "offers",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_offers_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_offers"),
    )
    op.create_index("ks_ix_offers_loan_id", "offers", ["loan_id"])
    op.create_table(
        "payments",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_payments_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_payments"),
        sa.UniqueConstraint("external_id", name="ks_uq_payments_external_id"),
    )
    op.create_index("ks_ix_payments_loan_id_paid_at", "payments", ["loan_id", "paid_at"])
    op.create_index("ks_ix_payments_paid_at", "payments", ["paid_at"])
    op.create_table(
        "promises",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_promises_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_promises"),
    )
    op.create_index("ks_ix_promises_loan_id", "promises", ["loan_id"])
    op.create_table(
        "signals",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", BigKey, nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_signals_loan_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="ks_fk_signals_payment_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_signals"),
        sa.UniqueConstraint("key", name="ks_uq_signals_key"),
    )
    op.create_index("ks_ix_signals_batch_id", "signals", ["batch_id"])
    op.create_index("ks_ix_signals_loan_id_at", "signals", ["loan_id", "at"])
    op.create_index(
        "ks_ix_signals_waiting",
        "signals",
        ["id"],
        sqlite_where=sa.text("NOT handled"),
        postgresql_where=sa.text("NOT handled"),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in reversed(TABLES):
        op.drop_table(table)
