"""The loan, its instalments, its tags and what was offered for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Instant, Key, Kopecks

#: borrowers are spread over this many shards; a batch of the engine takes whole shards
SHARDS = 256
#: neighbours by id share a shard: a batch then writes into few pages of the indexes by borrower and by loan
SHARD_BLOCK = 256


class Loan(Base):
    """A loan with the balances that rules read. `dpd`, `bucket` and `overdue` are rolled by `registry.delinquency`."""

    __tablename__ = "loans"

    id: Mapped[Key]
    external_id: Mapped[Code] = mapped_column(unique=True)
    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    #: see `shard_of`: all loans of a borrower share one
    shard: Mapped[int]
    #: open, closed, sold, written_off
    state: Mapped[str] = mapped_column(String(20), default="open")
    #: ledger: every event is kept here (`registry.ledger`); kaskad: balances follow from instalments and payments;
    #: core: mirrored, balances and DPD come from the core system
    servicing: Mapped[str] = mapped_column(String(10), default="kaskad")
    issued_on: Mapped[Day | None]
    #: office, site, app, partner
    channel: Mapped[str | None] = mapped_column(String(30))
    principal: Mapped[Kopecks]
    #: all that is owed now
    balance: Mapped[Kopecks]
    #: of it, what has fallen due and is not paid
    overdue: Mapped[Kopecks] = mapped_column(default=0)
    #: day the oldest unpaid instalment fell due; null when nothing is overdue
    overdue_since: Mapped[Day | None]
    #: whole days since then
    dpd: Mapped[int] = mapped_column(default=0)
    #: of its contract: so many days after its due day an instalment is not overdue yet
    dpd_grace_days: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: see registry.buckets.BUCKETS
    bucket: Mapped[str] = mapped_column(String(10), default="current")
    next_due_on: Mapped[Day | None]
    next_due_amount: Mapped[Kopecks | None]
    last_payment_on: Mapped[Day | None]
    #: 0..1000, higher is safer; null: not scored
    risk_score: Mapped[int | None]
    #: A..E
    risk_group: Mapped[str | None] = mapped_column(String(10))
    #: payments on all debts as a share of income, per cent (ПДН)
    debt_burden: Mapped[int | None]
    #: number of this loan among the borrower's loans, from 1; above 1: repeat borrower
    ordinal: Mapped[int] = mapped_column(default=1)
    #: stage at the bailiffs: none, filed, opened, ended
    bailiff_state: Mapped[str] = mapped_column(String(20), default="none")
    #: newest news of the bureau: none, worse, better, bankrupt
    bureau_state: Mapped[str] = mapped_column(String(20), default="none")
    demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "dpd"), Index(None, "bucket"), Index(None, "shard"))


class Instalment(Base):
    """One line of a loan's schedule."""

    __tablename__ = "instalments"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: from 1
    number: Mapped[int]
    due_on: Mapped[Day]
    amount: Mapped[Kopecks]
    #: of the amount, principal; the rest is interest and the fee
    principal: Mapped[Kopecks]
    #: of the amount, a fee
    fee: Mapped[Kopecks] = mapped_column(default=0, server_default=text("0"))
    #: principal that the schedule leaves after this line; null: the loan has no ledger here
    left: Mapped[int | None] = mapped_column(BigInteger)
    paid: Mapped[Kopecks] = mapped_column(default=0)
    paid_on: Mapped[Day | None]

    __table_args__ = (UniqueConstraint("loan_id", "number"), Index(None, "due_on"))


class LoanTag(Base):
    """A mark that a scenario or a person put on a loan."""

    __tablename__ = "loan_tags"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    tag: Mapped[Code]
    at: Mapped[Instant]
    case_id: Mapped[int | None]

    __table_args__ = (UniqueConstraint("loan_id", "tag"),)


class Offer(Base):
    """What a scenario offered for a loan: prolongation, restructuring, discount."""

    __tablename__ = "offers"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    case_id: Mapped[int | None]
    node_id: Mapped[int | None]
    #: prolongation, restructuring, discount
    kind: Mapped[str] = mapped_column(String(20))
    #: per cent of the debt, for a discount; days, for a prolongation; months, for a restructuring
    size: Mapped[int]
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant | None]
    #: open, accepted, declined, expired, withdrawn
    state: Mapped[str] = mapped_column(String(20), default="open")
    answered_at: Mapped[Instant | None]


class Promise(Base):
    """A promise-to-pay."""

    __tablename__ = "promises"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    task_id: Mapped[int | None]
    amount: Mapped[Kopecks]
    due_on: Mapped[Day]
    given_at: Mapped[Instant]
    #: open, kept, broken
    state: Mapped[str] = mapped_column(String(20), default="open")
    decided_at: Mapped[Instant | None]


def shard_of(borrower_id: Any) -> Any:
    """Shard of a borrower, for a number or for a column of integers."""
    return borrower_id // SHARD_BLOCK % SHARDS
