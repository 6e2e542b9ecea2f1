"""Payments that outside systems tell of: sources, what they told, how often something was refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_UNMATCHED = sa.text("state = 'unmatched'")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "payment_sources",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("chosen", Json, nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("key", name="ks_pk_payment_sources"),
    )
    op.create_table(
        "incoming_payments",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=False),
        sa.Column("named", sa.String(length=400), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=True),
        sa.Column("hints", sa.Text(), nullable=True),
        sa.Column("loan_id", BigKey, nullable=True),
        sa.Column("payment_id", BigKey, nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=250), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_incoming_payments_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_incoming_payments"),
        sa.UniqueConstraint("source", "kind", "external_id", name="ks_uq_incoming_payments_source_kind_external_id"),
        sa.UniqueConstraint("source", "delivery", name="ks_uq_incoming_payments_source_delivery"),
    )
    for columns in (["source", "received_at"], ["received_at"], ["loan_id"]):
        op.create_index(f"ks_ix_incoming_payments_{'_'.join(columns)}", "incoming_payments", columns)
    op.create_index(
        "ks_ix_incoming_payments_unmatched",
        "incoming_payments",
        ["received_at"],
        postgresql_where=_UNMATCHED,
        sqlite_where=_UNMATCHED,
    )
    op.create_table(
        "hook_refusals",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("last_sender", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source", "hour", "reason", name="ks_pk_hook_refusals"),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("hook_refusals", "incoming_payments", "payment_sources"):
        op.drop_table(table)
