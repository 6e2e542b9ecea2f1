"""Keys of requests that a sender may repeat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import Json, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "request_keys",
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Json, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="ks_pk_request_keys"),
    )
    op.create_index("ks_ix_request_keys_at", "request_keys", ["at"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("request_keys")
