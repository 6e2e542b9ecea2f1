"""Payments that outside systems tell of: how each system is known to us, what it told, what was refused."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, BigKey, Code, Document, Instant, Key, Kopecks, Name

#: states of an incoming payment: credited to a loan; waits for a person; a person turned it down; nothing to credit
INCOMING_STATES = ("credited", "unmatched", "dismissed", "noted")


class SourceSettings(Base):
    """A payment source as an administrator set it up."""

    __tablename__ = "payment_sources"

    key: Mapped[Code] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    #: what may be shown
    chosen: Mapped[Document]
    #: what may not: a JSON object, sealed (`scenario_engine.vault`)
    secrets: Mapped[str] = mapped_column(SqlText)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]


class IncomingPayment(Base):
    """One payment or refund that a source told of, however often it did."""

    __tablename__ = "incoming_payments"

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(20))
    #: payment, refund, other
    kind: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[Code]
    #: the source's own id of the telling, where it has one
    delivery: Mapped[str | None] = mapped_column(String(64))
    #: one of `INCOMING_STATES`
    state: Mapped[str] = mapped_column(String(20))
    #: why it waits for a person: loan, ambiguous, currency, amount, refund, …; null when it does not
    reason: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[Instant]
    amount: Mapped[Kopecks | None]
    currency: Mapped[str] = mapped_column(String(8))
    paid_at: Mapped[Instant]
    #: how the source names the loan, one name a line, the surest first
    named: Mapped[str] = mapped_column(String(400))
    #: of a refund: the payment that it gives back
    original: Mapped[str | None] = mapped_column(String(64))
    #: what helps a person to find the loan, sealed; dropped when it is settled
    hints: Mapped[str | None] = mapped_column(SqlText)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"))
    payment_id: Mapped[int | None] = mapped_column(BigKey)
    settled_at: Mapped[Instant | None]
    #: user name; null when nobody had to
    settled_by: Mapped[Name | None]
    #: why it was dismissed
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        UniqueConstraint("source", "kind", "external_id"),
        UniqueConstraint("source", "delivery"),
        Index(None, "source", "received_at"),
        Index(None, "received_at"),
        Index(None, "loan_id"),
        Index(
            "ks_ix_incoming_payments_unmatched",
            "received_at",
            postgresql_where=text("state = 'unmatched'"),
            sqlite_where=text("state = 'unmatched'"),
        ),
    )


class Refusal(Base):
    """How often in an hour a source's address refused what came, for one reason; nothing of it is kept."""

    __tablename__ = "hook_refusals"

    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    hour: Mapped[Instant] = mapped_column(primary_key=True)
    #: signature, clock, network, status, json, … or unconfirmed
    reason: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[Instant]
    #: the network it came from last, without its last part
    last_sender: Mapped[str] = mapped_column(String(64))
