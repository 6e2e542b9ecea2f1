"""The history of buckets: stays of loans, and counts of days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPEN = sa.text("until IS NULL")


def upgrade() -> None:
    """Apply the revision. The history begins with the next roll."""
    op.create_table(
        "bucket_spells",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("bucket", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_bucket_spells_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_bucket_spells"),
    )
    op.create_index("ks_ix_bucket_spells_loan_id_since", "bucket_spells", ["loan_id", "since"])
    op.create_index(
        "ks_ix_bucket_spells_open", "bucket_spells", ["loan_id"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )
    op.create_table(
        "bucket_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bucket", sa.String(length=10), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "bucket", name="ks_pk_bucket_days"),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("bucket_days", "bucket_spells"):
        op.drop_table(table)
