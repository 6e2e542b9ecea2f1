"""Neighbours share a shard, and the time zones of the borrowers are found through an index."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Shards by blocks of 256 borrowers."""
    op.create_index("ks_ix_borrowers_time_zone", "borrowers", ["time_zone"])
    op.execute("UPDATE loans SET shard = borrower_id / 256 % 64")
    op.execute("UPDATE cases SET shard = borrower_id / 256 % 64")


def downgrade() -> None:
    """Shards by the remainder."""
    op.execute("UPDATE loans SET shard = borrower_id % 64")
    op.execute("UPDATE cases SET shard = borrower_id % 64")
    op.drop_index("ks_ix_borrowers_time_zone", "borrowers")
