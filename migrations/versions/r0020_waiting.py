"""What waits is found by its index alone: due cases by version and node, signals by loan. Four times the shards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")
_WAITING = sa.text("NOT handled")


def upgrade() -> None:
    """Apply the revision."""
    shards = sa.table("shards", sa.column("id", sa.BigInteger()))
    known = set(op.get_bind().scalars(sa.select(shards.c.id)))
    op.bulk_insert(shards, [{"id": number} for number in range(256) if number not in known])
    _spread(256)
    _renew(["shard", "due_at", "version_id", "node_id"], ["loan_id", "id"])


def downgrade() -> None:
    """Take the revision back."""
    _renew(["shard", "due_at"], ["id"])
    _spread(64)
    op.execute("DELETE FROM shards WHERE id >= 64")


def _spread(shards: int) -> None:
    for table in ("loans", "cases"):
        op.execute(f"UPDATE {table} SET shard = borrower_id / 256 % {shards}")


def _renew(due: list[str], waiting: list[str]) -> None:
    op.drop_index("ks_ix_cases_due", "cases")
    op.create_index("ks_ix_cases_due", "cases", due, sqlite_where=_DUE, postgresql_where=_DUE)
    op.drop_index("ks_ix_signals_waiting", "signals")
    op.create_index("ks_ix_signals_waiting", "signals", waiting, sqlite_where=_WAITING, postgresql_where=_WAITING)
