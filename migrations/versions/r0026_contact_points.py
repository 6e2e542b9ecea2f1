"""Contact points, those in use taken from the borrowers; when new loans were allowed again, and the news of it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, UtcDateTime
from scenario_engine.models.triggers import LENDING_NEWS, LENDING_NEWS_GONE

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_USED = sa.text("in_use AND third_party_id IS NULL")
_OPEN = sa.text("valid_to IS NULL AND third_party_id IS NULL")


def upgrade() -> None:
    """Apply the revision."""
    points = op.create_table(
        "contact_points",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("third_party_id", BigKey),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.String(250), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("verified_at", UtcDateTime()),
        sa.Column("verified_by", sa.String(250)),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_contact_points_borrower_id"),
        sa.ForeignKeyConstraint(["third_party_id"], ["third_parties.id"], name="ks_fk_contact_points_third_party_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_contact_points"),
    )
    borrowers = sa.table("borrowers", *(sa.column(name) for name in ("id", "phone", "email", "messenger")))
    for kind in ("phone", "email", "messenger"):
        value = borrowers.c[kind]
        known = sa.select(
            borrowers.c.id, sa.literal(kind), value, sa.literal("earlier"), sa.literal(True),
            sa.literal(datetime.now(UTC), UtcDateTime()), sa.literal("migration"),
        ).where(value.is_not(None), value != "")  # fmt: skip
        names = ["borrower_id", "kind", "value", "source", "in_use", "added_at", "added_by"]
        op.execute(points.insert().from_select(names, known.order_by(borrowers.c.id)))
    op.create_index("ks_ix_contact_points_borrower_id", "contact_points", ["borrower_id"])
    op.create_index(
        "ks_uq_contact_points_used", "contact_points", ["borrower_id", "kind"], unique=True, sqlite_where=_USED,
        postgresql_where=_USED,
    )  # fmt: skip
    op.create_index(
        "ks_uq_contact_points_open", "contact_points", ["borrower_id", "kind", "value"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip
    op.add_column("borrowers", sa.Column("lending_allowed_at", UtcDateTime()))
    for statement in LENDING_NEWS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the revision back."""
    for statement in LENDING_NEWS_GONE[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_column("borrowers", "lending_allowed_at")
    op.drop_table("contact_points")
