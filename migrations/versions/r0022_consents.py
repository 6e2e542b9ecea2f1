"""Consents, refusals of channels, people beside the borrower, and the end of a contact stop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenario_engine.models.base import BigKey, UtcDateTime
from scenario_engine.models.triggers import CONSENTS

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("borrowers", sa.Column("contact_stop_until", UtcDateTime()))
    op.create_table(
        "third_parties",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("full_name", sa.String(250), nullable=False),
        sa.Column("relation", sa.String(64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(250), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_third_parties_borrower_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_third_parties"),
    )
    op.create_index("ks_ix_third_parties_borrower_id", "third_parties", ["borrower_id"])
    op.create_table(
        "consents",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("third_party_id", BigKey),
        sa.Column("said_by", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64)),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("dated", sa.Date()),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("document", sa.String(250)),
        sa.Column("by", sa.String(250), nullable=False),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_consents_borrower_id"),
        sa.ForeignKeyConstraint(["third_party_id"], ["third_parties.id"], name="ks_fk_consents_third_party_id"),
        sa.PrimaryKeyConstraint("id", name="ks_pk_consents"),
    )
    op.create_index("ks_ix_consents_borrower_id_id", "consents", ["borrower_id", "id"])
    for statement in CONSENTS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "channel_refusals",
        sa.Column("borrower_id", BigKey, nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("by", sa.String(250), nullable=False),
        sa.ForeignKeyConstraint(["borrower_id"], ["borrowers.id"], name="ks_fk_channel_refusals_borrower_id"),
        sa.PrimaryKeyConstraint("borrower_id", "channel", name="ks_pk_channel_refusals"),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("channel_refusals")
    op.drop_table("consents")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consents_refuse()")
    op.drop_table("third_parties")
    op.drop_column("borrowers", "contact_stop_until")
