"""Who leads the engines, and why a scenario was paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("rolled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="ks_pk_leases"),
    )
    op.add_column("scenarios", sa.Column("pause_cause", Json, nullable=True))
    op.add_column("scenarios", sa.Column("live_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("scenarios", "live_since")
    op.drop_column("scenarios", "pause_cause")
    op.drop_table("leases")
