"""The builder: counts by groups of borrowers, and who has a scenario open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "cohorts",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=64), nullable=False),
        sa.Column("arms", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_cohorts_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_cohorts"),
        sa.UniqueConstraint(
            "version_id", "repeat", "product_id", "district", "arms",
            name="ks_uq_cohorts_version_id_repeat_product_id_district_arms",
        ),
    )  # fmt: skip
    op.create_table(
        "path_counts",
        sa.Column("cohort_id", BigKey, nullable=False),
        sa.Column("path_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="ks_fk_path_counts_cohort_id"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_path_counts_version_id"),
        sa.PrimaryKeyConstraint("cohort_id", "path_id", "day", name="ks_pk_path_counts"),
    )
    op.create_index("ks_ix_path_counts_version_id_day", "path_counts", ["version_id", "day"])
    op.add_column("batches", sa.Column("grouped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ks_ix_batches_ungrouped", "batches", ["id"],
        sqlite_where=sa.text("NOT grouped"), postgresql_where=sa.text("NOT grouped"),
    )  # fmt: skip
    op.create_table(
        "presences",
        sa.Column("scenario_id", BigKey, nullable=False),
        sa.Column("tab", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=250), nullable=False),
        sa.Column("full_name", sa.String(length=250), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("editing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="ks_fk_presences_scenario_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", "tab", name="ks_pk_presences"),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("presences")
    op.drop_index("ks_ix_batches_ungrouped", "batches")
    with op.batch_alter_table("batches") as batch:
        batch.drop_column("grouped")
    op.drop_table("path_counts")
    op.drop_table("cohorts")
