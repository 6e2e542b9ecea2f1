"""Cases that were set aside are found by an index, and processes count what they did again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    failed = sa.text("end_reason = 'failed'")
    op.create_index("ks_ix_cases_failed", "cases", ["ended_at"], postgresql_where=failed, sqlite_where=failed)
    op.add_column("heartbeats", sa.Column("retries", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("heartbeats", "retries")
    op.drop_index("ks_ix_cases_failed", "cases")
