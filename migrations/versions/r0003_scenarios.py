"""Scenarios, cases and their trails, the outbox, tasks, audit; triggers that hold history; rows that engines lock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models import triggers
from scenario_engine.models.base import BigKey, Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "audit_entries",
    "batches",
    "heartbeats",
    "messages",
    "scenarios",
    "shards",
    "tasks",
    "trails",
    "versions",
    "cases",
    "node_counts",
    "paths",
    "version_nodes",
    "attributions",
    "path_hops",
    "wakes",
)


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "audit_entries",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_audit_entries"),
    )
    op.create_index("ks_ix_audit_entries_action", "audit_entries", ["action"])
    op.create_index("ks_ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ks_ix_audit_entries_subject_type_subject_id", "audit_entries", ["subject_type", "subject_id"])
    op.create_table(
        "batches",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("micros", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_batches"),
    )
    op.create_index("ks_ix_batches_at", "batches", ["at"])
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.String(length=100), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_tick_at", UtcDateTime(), nullable=True),
        sa.Column("last_tick_ms", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("process", name="ks_pk_heartbeats"),
    )
    op.create_table(
        "messages",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("recipient", sa.String(length=250), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("receipt", sa.String(length=100), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_messages"),
        sa.UniqueConstraint("case_id", "node_id", "batch_id", name="ks_uq_messages_case_id_node_id_batch_id"),
    )
    op.create_index("ks_ix_messages_case_id", "messages", ["case_id"])
    op.create_index("ks_ix_messages_loan_id", "messages", ["loan_id"])
    op.create_index("ks_ix_messages_node_id", "messages", ["node_id"])
    op.create_index(
        "ks_ix_messages_queue",
        "messages",
        ["due_at"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("pause_reason", sa.String(length=500), nullable=True),
        sa.Column("live_version_id", sa.BigInteger(), nullable=True),
        sa.Column("draft", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("draft_by", sa.String(length=250), nullable=False),
        sa.Column("draft_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_scenarios"),
        sa.UniqueConstraint("key", name="ks_uq_scenarios_key"),
    )
    op.create_table(
        "shards",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="ks_pk_shards"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("dispositions", Json, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("assignee", sa.String(length=250), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=250), nullable=True),
        sa.Column("disposition", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_tasks"),
        sa.UniqueConstraint("case_id", "node_id", "batch_id", name="ks_uq_tasks_case_id_node_id_batch_id"),
    )
    op.create_index("ks_ix_tasks_case_id", "tasks", ["case_id"])
    op.create_index("ks_ix_tasks_loan_id", "tasks", ["loan_id"])
    op.create_index(
        "ks_ix_tasks_open",
        "tasks",
        ["queue", "due_at"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "trails",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("path_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ks_pk_trails"),
        sa.UniqueConstraint("case_id", "batch_id", name="ks_uq_trails_case_id_batch_id"),
    )
    op.create_index("ks_ix_trails_batch", "trails", ["batch_id"])
    op.create_table(
        "versions",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("scenario_id", BigKey, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.String(length=250), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=250), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("review_comment", sa.Text(), nullable=True),
        sa.Column("review_node", sa.String(length=64), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("goal", sa.String(length=64), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name="ks_fk_versions_scenario_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_versions"),
        sa.UniqueConstraint("scenario_id", "number", name="ks_uq_versions_scenario_id_number"),
    )
    op.create_table(
        "cases",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("scenario_id", BigKey, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("loan_id", BigKey, nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=64), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_overdue", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=64), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="ks_fk_cases_loan_id"),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name="ks_fk_cases_scenario_id"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_cases_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_cases"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        "ks_ix_cases_due",
        "cases",
        ["shard", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ks_ix_cases_loan", "cases", ["loan_id"])
    op.create_index(
        "ks_ix_cases_parent",
        "cases",
        ["parent_id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "ks_uq_cases_active_track",
        "cases",
        ["loan_id", "track"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND track IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND track IS NOT NULL"),
    )
    op.create_table(
        "node_counts",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("port", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_node_counts_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_node_counts"),
    )
    op.create_index(
        "ks_ix_node_counts_version_id_node_id_port_day", "node_counts", ["version_id", "node_id", "port", "day"]
    )
    op.create_table(
        "paths",
        sa.Column("id", BigKey, autoincrement=False, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("hops", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_paths_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_paths"),
    )
    op.create_index("ks_ix_paths_version_id", "paths", ["version_id"])
    op.create_table(
        "version_nodes",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=250), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_version_nodes_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_version_nodes"),
        sa.UniqueConstraint("version_id", "key", name="ks_uq_version_nodes_version_id_key"),
    )
    op.create_table(
        "attributions",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("payment_id", BigKey, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("trail_id", sa.Integer(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="ks_fk_attributions_payment_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_attributions"),
    )
    op.create_index("ks_ix_attributions_payment_id", "attributions", ["payment_id"])
    op.create_index("ks_ix_attributions_version_id_node_id", "attributions", ["version_id", "node_id"])
    op.create_table(
        "path_hops",
        sa.Column("path_id", BigKey, nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("port", sa.String(length=64), nullable=True),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["path_id"], ["paths.id"], name="ks_fk_path_hops_path_id"),
        sa.PrimaryKeyConstraint("path_id", "hop", name="ks_pk_path_hops"),
    )
    op.create_table(
        "wakes",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("version_id", BigKey, nullable=False),
        sa.Column("node_id", BigKey, nullable=False),
        sa.Column("signal_kind", sa.String(length=64), nullable=False),
        sa.Column("port", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["version_nodes.id"], name="ks_fk_wakes_node_id"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="ks_fk_wakes_version_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_wakes"),
    )
    op.create_index("ks_ix_wakes_signal_kind", "wakes", ["signal_kind"])
    op.create_index("ks_ix_wakes_version_id", "wakes", ["version_id"])

    dialect = op.get_bind().dialect.name
    for by_dialect in (triggers.AUDIT, triggers.VERSIONS, triggers.SHARD_ROWS):
        for statement in by_dialect[dialect]:
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the revision back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_entries", "versions"):
            op.execute(sa.text(f"DROP FUNCTION {table}_refuse() CASCADE"))
    for table in reversed(TABLES):
        op.drop_table(table)
