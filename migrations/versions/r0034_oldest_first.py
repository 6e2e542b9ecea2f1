"""The queue by age, so that a batch is taken by the index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_QUEUED = sa.text("state IN ('queued', 'sending')")


def upgrade() -> None:
    """Apply the revision."""
    _queue_by("connector", "due_at", "id")


def downgrade() -> None:
    """Take the revision back."""
    _queue_by("connector", "due_at")


def _queue_by(*columns: str) -> None:
    op.drop_index("ks_ix_messages_queue", "messages")
    op.create_index("ks_ix_messages_queue", "messages", list(columns), sqlite_where=_QUEUED, postgresql_where=_QUEUED)
