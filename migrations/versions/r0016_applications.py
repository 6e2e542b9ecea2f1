"""Applications for loans, and the rules of a product that decide them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REFERENCES = {"borrower_id": "borrowers", "product_id": "products", "refinanced_id": "loans", "loan_id": "loans"}
_INDEXES = (["borrower_id"], ["state", "filed_at"], ["filed_at"])


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("products", sa.Column("decision", Json, nullable=True))
    op.create_table(
        "applications",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("product_id", BigKey, nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("risk_score", sa.Integer(), nullable=True),
        sa.Column("debt_burden", sa.Integer(), nullable=True),
        sa.Column("refinanced_id", BigKey, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("product_revision", sa.Integer(), nullable=False),
        sa.Column("decision", Json, nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("filed_by", sa.String(length=250), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=250), nullable=True),
        sa.Column("note", sa.String(length=250), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=True),
        sa.Column("requested_by", sa.String(length=250), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("confirmed_by", sa.String(length=250), nullable=True),
        sa.Column("loan_id", BigKey, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"ks_fk_applications_{column}")
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name="ks_pk_applications"),
        sa.UniqueConstraint("external_id", name="ks_uq_applications_external_id"),
    )
    for columns in _INDEXES:
        op.create_index(f"ks_ix_applications_{'_'.join(columns)}", "applications", columns)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("applications")
    op.drop_column("products", "decision")
