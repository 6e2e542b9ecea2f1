"""Changes of monitoring rules that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "monitoring_changes",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("rule_id", BigKey, nullable=False),
        sa.Column("name", sa.String(length=250), nullable=True),
        sa.Column("signal_kind", sa.String(length=64), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("quiet_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=250), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=250), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["monitoring_rules.id"], name="ks_fk_monitoring_changes_rule_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_monitoring_changes"),
    )
    op.create_index(
        "ks_uq_monitoring_changes_waiting",
        "monitoring_changes",
        ["rule_id"],
        unique=True,
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("monitoring_changes")
