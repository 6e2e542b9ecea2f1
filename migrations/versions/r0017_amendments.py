"""Changes of contracts: what left the books, pauses of the days past due, requests that a second person decides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Apply the revision."""
    for table in ("accounts", "loan_events"):
        op.add_column(table, sa.Column("given_up", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "loan_pauses",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("interest_stops", sa.Boolean(), nullable=False),
        sa.Column("penalty_stops", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_loan_pauses_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_loan_pauses"),
    )
    op.create_index("ks_ix_loan_pauses_loan_id", "loan_pauses", ["loan_id"])
    op.create_table(
        "loan_requests",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=250), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=250), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_loan_requests_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_loan_requests"),
    )
    op.create_index("ks_ix_loan_requests_loan_id", "loan_requests", ["loan_id"])
    op.create_index(
        "ks_ix_loan_requests_waiting",
        "loan_requests",
        ["loan_id", "kind"],
        unique=True,
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("loan_requests")
    op.drop_table("loan_pauses")
    for table in ("accounts", "loan_events"):
        op.drop_column(table, "given_up")
