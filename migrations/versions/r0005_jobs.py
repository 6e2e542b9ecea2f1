"""Long jobs; the job that brings a file in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_IS_ACTIVE = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "jobs",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column("params", Json, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=250), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", Json, nullable=True),
        sa.Column("error", Json, nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_jobs"),
    )
    where = {"postgresql_where": _IS_ACTIVE, "sqlite_where": _IS_ACTIVE}
    op.create_index("ks_uq_jobs_key", "jobs", ["key"], unique=True, **where)
    op.create_index("ks_ix_jobs_active", "jobs", ["state"], **where)
    op.create_index("ks_ix_jobs_actor_created_at", "jobs", ["actor", "created_at"])
    op.create_index("ks_ix_jobs_expires_at", "jobs", ["expires_at"])
    op.add_column("file_imports", sa.Column("job_id", BigKey, nullable=True))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("file_imports", "job_id")
    op.drop_table("jobs")
