"""Why an address ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("contact_points", sa.Column("end_reason", sa.String(20)))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("contact_points", "end_reason")
