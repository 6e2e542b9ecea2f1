"""Connectors: settings, state, hours and reports; what became of a message, when it expires and what it cost."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_QUEUED = sa.text("state IN ('queued', 'sending')")
_RECEIPT = sa.text("receipt IS NOT NULL")
_UNKNOWN = sa.text("message_id IS NULL AND receipt IS NOT NULL")
_OF_MESSAGES: dict[str, sa.types.TypeEngine[Any]] = {
    "expires_at": UtcDateTime(),
    "uncertain_at": UtcDateTime(),
    "told_at": UtcDateTime(),
    "cost": sa.BigInteger(),
    "note": sa.String(500),
}


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "connector_settings",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("chosen", Json, nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("rate", sa.Float()),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("tariff", sa.BigInteger(), nullable=False),
        sa.Column("by_part", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(250), nullable=False),
        sa.PrimaryKeyConstraint("key", name="ks_pk_connector_settings"),
    )
    op.create_table(
        "connector_states",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("breaker", sa.String(20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime()),
        sa.Column("probe_at", UtcDateTime()),
        sa.Column("paused_until", UtcDateTime()),
        sa.Column("free_at", UtcDateTime()),
        sa.Column("good_at", UtcDateTime()),
        sa.Column("bad_at", UtcDateTime()),
        sa.Column("answers", Json, nullable=False),
        sa.PrimaryKeyConstraint("key", name="ks_pk_connector_states"),
    )
    op.create_table(
        "connector_hours",
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("retried", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("undelivered", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "hour", "channel", name="ks_pk_connector_hours"),
    )
    op.create_table(
        "reports",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("receipt", sa.String(100)),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(500)),
        sa.Column("cost", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("borrower_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="ks_pk_reports"),
        sa.UniqueConstraint("connector", "key", name="ks_uq_reports_connector_key"),
    )
    op.create_index("ks_ix_reports_heard_at", "reports", ["heard_at"])
    op.create_index(
        "ks_ix_reports_unknown", "reports", ["connector", "receipt"], sqlite_where=_UNKNOWN, postgresql_where=_UNKNOWN
    )
    for column, kind in _OF_MESSAGES.items():
        op.add_column("messages", sa.Column(column, kind))
    op.add_column("signals", sa.Column("case_id", sa.BigInteger()))
    op.add_column("signals", sa.Column("visit_id", sa.BigInteger()))
    op.add_column("wakes", sa.Column("own", sa.Boolean()))
    _queue_by("connector", "due_at")
    op.create_index("ks_ix_messages_receipt", "messages", ["receipt"], sqlite_where=_RECEIPT, postgresql_where=_RECEIPT)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index("ks_ix_messages_receipt", "messages")
    _queue_by("due_at")
    op.drop_column("wakes", "own")
    op.drop_column("signals", "visit_id")
    op.drop_column("signals", "case_id")
    for column in _OF_MESSAGES:
        op.drop_column("messages", column)
    for table in ("reports", "connector_hours", "connector_states", "connector_settings"):
        op.drop_table(table)


def _queue_by(*columns: str) -> None:
    op.drop_index("ks_ix_messages_queue", "messages")
    op.create_index("ks_ix_messages_queue", "messages", list(columns), sqlite_where=_QUEUED, postgresql_where=_QUEUED)
