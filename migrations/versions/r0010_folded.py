"""Counts that are sums already are told from the deltas since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("node_counts", sa.Column("folded", sa.Boolean(), server_default=sa.false(), nullable=False))
    fresh = sa.text("NOT folded")
    op.create_index("ks_ix_node_counts_fresh", "node_counts", ["id"], sqlite_where=fresh, postgresql_where=fresh)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index("ks_ix_node_counts_fresh", "node_counts")
    with op.batch_alter_table("node_counts") as table:
        table.drop_column("folded")
