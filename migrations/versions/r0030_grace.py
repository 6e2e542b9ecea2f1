"""Days of grace before an instalment is overdue; penalty that a restructuring kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("loans", sa.Column("dpd_grace_days", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("accounts", sa.Column("penalty_kept", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("accounts", "penalty_kept")
    op.drop_column("loans", "dpd_grace_days")
