"""Databases of other systems that are read, and the imports that came from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ON = sa.text("enabled")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "sql_sources",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("growing", sa.String(length=250), nullable=True),
        sa.Column("reached", Json, nullable=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=True),
        sa.Column("starting", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_sql_sources"),
        sa.UniqueConstraint("name", name="ks_uq_sql_sources_name"),
    )
    op.create_index("ks_ix_sql_sources_due", "sql_sources", ["next_at"], postgresql_where=_ON, sqlite_where=_ON)
    op.add_column("file_imports", sa.Column("source_id", BigKey, nullable=True))
    op.create_index("ks_ix_file_imports_source_id", "file_imports", ["source_id"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index("ks_ix_file_imports_source_id", "file_imports")
    op.drop_column("file_imports", "source_id")
    op.drop_table("sql_sources")
