"""Who an answer is from is found by address, and what an early one says is kept until its message is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("reports", sa.Column("text", sa.Text()))
    for column in ("email", "messenger"):
        op.create_index(f"ks_ix_borrowers_{column}", "borrowers", [column])


def downgrade() -> None:
    """Take the revision back."""
    for column in ("email", "messenger"):
        op.drop_index(f"ks_ix_borrowers_{column}", "borrowers")
    op.drop_column("reports", "text")
