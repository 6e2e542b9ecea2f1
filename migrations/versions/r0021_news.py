"""What other systems are told: subscriptions, news that triggers note, deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime
from scenario_engine.models.triggers import NEWS, NEWS_GONE

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('queued', 'sending')")
_KEPT = sa.text("removed_at IS NULL")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "subscriptions",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(250), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="ks_pk_subscriptions"),
    )
    op.create_index(
        "ks_uq_subscriptions_name", "subscriptions", ["name"], unique=True, sqlite_where=_KEPT, postgresql_where=_KEPT
    )
    op.create_table(
        "news",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger()),
        sa.Column("borrower_id", sa.BigInteger()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="ks_pk_news"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("subscription_id", BigKey, nullable=False),
        sa.Column("news_id", sa.BigInteger()),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(64)),
        sa.Column("loan_id", sa.BigInteger()),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("answer", sa.String(300)),
        sa.Column("reason", sa.String(64)),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="ks_fk_deliveries_subscription_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_deliveries"),
    )
    op.create_index("ks_ix_deliveries_due", "deliveries", ["due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ks_ix_deliveries_thread", "deliveries", ["subscription_id", "thread", "id"], sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_index("ks_ix_deliveries_happened_at", "deliveries", ["happened_at"])
    for statement in NEWS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the revision back."""
    for statement in NEWS_GONE[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("deliveries")
    op.drop_table("news")
    op.drop_table("subscriptions")
