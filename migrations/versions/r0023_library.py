"""The library of message templates, and the language that a borrower is written to in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, Json, UtcDateTime
from scenario_engine.models.triggers import TEMPLATES

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("borrowers", sa.Column("language", sa.String(2), nullable=False, server_default="ru"))
    op.create_table(
        "message_templates",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("archived_at", UtcDateTime()),
        sa.Column("archived_by", sa.String(250)),
        sa.PrimaryKeyConstraint("id", name="ks_pk_message_templates"),
        sa.UniqueConstraint("key", name="ks_uq_message_templates_key"),
    )
    op.create_table(
        "template_revisions",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("template_id", BigKey, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("restored", sa.Integer()),
        sa.Column("made_by", sa.String(250), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["message_templates.id"], name="ks_fk_template_revisions_template_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_template_revisions"),
        sa.UniqueConstraint("template_id", "number", name="ks_uq_template_revisions_template_id_number"),
    )
    for statement in TEMPLATES[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("template_revisions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION template_revisions_refuse()")
    op.drop_table("message_templates")
    op.drop_column("borrowers", "language")
