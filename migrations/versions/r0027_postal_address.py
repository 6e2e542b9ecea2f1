"""Where letters to a borrower go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("borrowers", sa.Column("postal_address", sa.String(250)))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("borrowers", "postal_address")
