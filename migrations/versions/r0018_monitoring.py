"""Rules that watch over the registry, their history, and what they fired for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OPEN = sa.text("until IS NULL")


def _said() -> list[sa.Column[Any]]:
    return [
        sa.Column("name", sa.String(length=250), nullable=True),
        sa.Column("signal_kind", sa.String(length=64), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("quiet_days", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=250), nullable=False),
    ]


def upgrade() -> None:
    """Apply the revision. The standard rules are written by `kaskad init`."""
    op.create_table(
        "monitoring_rules",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        *_said(),
        sa.Column("watched_since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_monitoring_rules"),
        sa.UniqueConstraint("key", name="ks_uq_monitoring_rules_key"),
    )
    op.create_table(
        "monitoring_versions",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("rule_id", BigKey, nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["rule_id"], ["monitoring_rules.id"], name="ks_fk_monitoring_versions_rule_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_monitoring_versions"),
        sa.UniqueConstraint("rule_id", "revision", name="ks_uq_monitoring_versions_rule_id_revision"),
    )
    op.create_table(
        "monitoring_firings",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("rule_id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["monitoring_rules.id"], name="ks_fk_monitoring_firings_rule_id"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_monitoring_firings_loan_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_monitoring_firings"),
    )
    op.create_index("ks_ix_monitoring_firings_loan_id_since", "monitoring_firings", ["loan_id", "since"])
    op.create_index("ks_ix_monitoring_firings_since", "monitoring_firings", ["since"])
    op.create_index(
        "ks_ix_monitoring_firings_open",
        "monitoring_firings",
        ["rule_id", "loan_id"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("monitoring_firings", "monitoring_versions", "monitoring_rules"):
        op.drop_table(table)
