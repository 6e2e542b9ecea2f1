"""With which third party a contact was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("contacts", sa.Column("third_party_id", sa.BigInteger()))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("contacts", "third_party_id")
