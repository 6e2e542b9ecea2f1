"""The ledger: events of loans that are serviced here, append-only, and the accounts that are their sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime
from scenario_engine.models.triggers import LEDGER

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PARTS = (
    "principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee", "credit", "charged",
)  # fmt: skip
_RESTS = ("interest_rest", "penalty_rest")


def _kopecks(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("instalments", sa.Column("fee", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("instalments", sa.Column("left", sa.BigInteger(), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("loan_id", BigKey, autoincrement=False, nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("full_cost", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Date(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("overdue_since", sa.Date(), nullable=True),
        *_kopecks(*_PARTS),
        sa.Column("charges_limit", sa.BigInteger(), nullable=True),
        *_kopecks(*_RESTS),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("rate_yearly", sa.Boolean(), nullable=False),
        sa.Column("penalty_ppm", sa.Integer(), nullable=False),
        sa.Column("penalty_yearly", sa.Boolean(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("interest_when_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_accounts_loan_id"),
        sa.PrimaryKeyConstraint("loan_id", name="ks_pk_accounts"),
    )
    op.create_index("ks_ix_accounts_upto", "accounts", ["upto"])
    op.create_table(
        "loan_events",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("payment_id", BigKey, nullable=True),
        *_kopecks("paid", *_PARTS, *_RESTS),
        sa.Column("data", Json, nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_loan_events_loan_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="ks_fk_loan_events_payment_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_loan_events"),
        sa.UniqueConstraint("loan_id", "kind", "key", name="ks_uq_loan_events_loan_id_kind_key"),
    )
    op.create_index("ks_ix_loan_events_loan_id_day", "loan_events", ["loan_id", "day"])
    for statement in LEDGER[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("loan_events")
    op.drop_table("accounts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION loan_events_refuse()")
    op.drop_column("instalments", "left")
    op.drop_column("instalments", "fee")
