"""Products carry the terms on which loans are issued here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision. The rate alone, which only the demo had written, was no terms."""
    op.add_column("products", sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("products", sa.Column("terms", Json, nullable=True))
    op.add_column("products", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.drop_column("products", "daily_rate_ppm")


def downgrade() -> None:
    """Take the revision back."""
    op.add_column("products", sa.Column("daily_rate_ppm", sa.Integer(), nullable=True))
    for column in ("revision", "terms", "offered"):
        op.drop_column("products", column)
