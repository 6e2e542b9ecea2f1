"""Contact policies as dated documents, decreed days of a country's calendar, and what came of a contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision. The shipped policies are written by `kaskad init`."""
    op.create_table(
        "contact_policies",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime()),
        sa.Column("document", Json, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("author", sa.String(250), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("reviewer", sa.String(250)),
        sa.Column("reviewed_at", UtcDateTime()),
        sa.Column("remark", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="ks_pk_contact_policies"),
        sa.UniqueConstraint("key", "revision", name="ks_uq_contact_policies_key_revision"),
    )
    op.create_index("ks_ix_contact_policies_key_state_valid_from", "contact_policies", ["key", "state", "valid_from"])
    op.create_table(
        "calendar_days",
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rest", sa.Boolean()),
        sa.Column("note", sa.String(250)),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(250), nullable=False),
        sa.PrimaryKeyConstraint("country", "day", name="ks_pk_calendar_days"),
    )
    op.add_column("contacts", sa.Column("outcome", sa.String(20)))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("contacts", "outcome")
    op.drop_table("calendar_days")
    op.drop_table("contact_policies")
