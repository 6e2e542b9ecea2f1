"""What outside registers are asked about borrowers: inquiries, requests, providers, passports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('asked', 'waiting')")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "inquiries",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger()),
        sa.Column("node_id", sa.BigInteger()),
        sa.Column("batch_id", sa.BigInteger()),
        sa.Column("asked_by", sa.String(250)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("provider", sa.String(64)),
        sa.Column("task", sa.String(100)),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("answered_at", UtcDateTime()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("facts", sa.Text()),
        sa.Column("cost", sa.BigInteger()),
        sa.Column("error", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="ks_pk_inquiries"),
    )
    op.create_index("ks_ix_inquiries_due", "inquiries", ["due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ks_ix_inquiries_loan_id_subject_asked_at", "inquiries", ["loan_id", "subject", "asked_at"])
    op.create_index("ks_ix_inquiries_asked_at", "inquiries", ["asked_at"])
    op.create_table(
        "inquiry_requests",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_inquiry_requests"),
    )
    op.create_index("ks_ix_inquiry_requests_provider_kind_at", "inquiry_requests", ["provider", "kind", "at"])
    op.create_table(
        "inquiry_providers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("chosen", Json, nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(250), nullable=False),
        sa.Column("paused_until", UtcDateTime()),
        sa.Column("trouble", sa.String(64)),
        sa.PrimaryKeyConstraint("key", name="ks_pk_inquiry_providers"),
    )
    op.create_table(
        "passports",
        sa.Column("borrower_id", BigKey, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(250), nullable=False),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_passports_borrower_id"),
        sa.PrimaryKeyConstraint("borrower_id", name="ks_pk_passports"),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("passports", "inquiry_providers", "inquiry_requests", "inquiries"):
        op.drop_table(table)
