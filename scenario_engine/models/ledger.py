"""The ledger of the loans that are serviced here: every event, and the account that is their sum."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, BigKey, Day, Document, Instant, Key, Kopecks, Name


class Parts:
    """What is owed, by part: of an account as it stands, of an event as it changed that."""

    principal: Mapped[Kopecks] = mapped_column(default=0)
    principal_overdue: Mapped[Kopecks] = mapped_column(default=0)
    interest: Mapped[Kopecks] = mapped_column(default=0)
    interest_overdue: Mapped[Kopecks] = mapped_column(default=0)
    penalty: Mapped[Kopecks] = mapped_column(default=0)
    fee: Mapped[Kopecks] = mapped_column(default=0)
    #: paid beyond everything that was owed
    credit: Mapped[Kopecks] = mapped_column(default=0)
    #: all charges
    charged: Mapped[Kopecks] = mapped_column(default=0)
    #: left the books without being paid: waived, written off, sold
    given_up: Mapped[Kopecks] = mapped_column(default=0, server_default=text("0"))
    #: earned and not charged yet, in millionths of a kopeck
    interest_rest: Mapped[Kopecks] = mapped_column(default=0)
    penalty_rest: Mapped[Kopecks] = mapped_column(default=0)

    @hybrid_property
    def balance(self) -> int:
        """All that is owed, kopecks."""
        return (
            self.principal
            + self.principal_overdue
            + self.interest
            + self.interest_overdue
            + self.penalty
            + self.fee
        )  # fmt: skip


class Account(Parts, Base):
    """How a loan stands: the sum of its events. Written by `registry.ledger` alone, together with them."""

    __tablename__ = "accounts"

    loan_id: Mapped[int] = mapped_column(BigKey, ForeignKey("loans.id"), primary_key=True, autoincrement=False)
    #: see registry.lending.terms; as they were when the loan was issued, or as they were changed since
    terms: Mapped[Document]
    #: full cost (ПСК) of the contract, in thousandths of a per cent a year
    full_cost: Mapped[int]
    #: the last day that has been charged
    upto: Mapped[Day]
    #: what falls due next, and the principal that the schedule leaves then; null: everything has fallen due
    next_due_on: Mapped[Day | None]
    next_number: Mapped[int]
    #: the oldest instalment that is not paid in full fell due then; null: none
    overdue_since: Mapped[Day | None]
    #: the most that all charges may be; null: the law sets no limit
    charges_limit: Mapped[int | None] = mapped_column(BigInteger)
    #: penalty that a restructuring kept: owed, and due after the last instalment
    penalty_kept: Mapped[Kopecks] = mapped_column(default=0, server_default=text("0"))
    # of the terms, what every day's accrual needs: millionths a day or (yearly) a year
    rate_ppm: Mapped[int]
    rate_yearly: Mapped[bool]
    penalty_ppm: Mapped[int]
    penalty_yearly: Mapped[bool]
    grace_days: Mapped[int]
    interest_when_late: Mapped[bool]

    __table_args__ = (Index(None, "upto"),)


class LoanEvent(Parts, Base):
    """One thing that changed what is owed on a loan. Append-only: a correction is another event.

    The columns by part are what it added (below 0: took away); `charged` tells what of that was a charge. So for every
    event: the sum of the parts less `credit` = `charged` + what was lent − what was paid − `given_up`.
    """

    __tablename__ = "loan_events"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: issued, fell_due, accrued, payment, reversal, corrected; or what changed the contract, see registry.amendments
    kind: Mapped[str] = mapped_column(String(20))
    #: the day that it is about
    day: Mapped[Day]
    recorded_at: Mapped[Instant]
    #: of its kind on its loan, once: makes repeating harmless
    key: Mapped[str] = mapped_column(String(100))
    actor: Mapped[Name]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    #: kopecks that came in (below 0: were taken back)
    paid: Mapped[Kopecks] = mapped_column(default=0)
    #: of a change of the contract: what was agreed before and after, see registry.ledger.contracts; of a payment: what
    #: it paid first, where that was agreed for it
    data: Mapped[Document | None]

    __table_args__ = (UniqueConstraint("loan_id", "kind", "key"), Index(None, "loan_id", "day"))


class LoanPause(Base):
    """Days that do not count as days past due: credit holidays, a moratorium, a dispute. No two of a loan overlap."""

    __tablename__ = "loan_pauses"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: see registry.amendments.pause
    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[Day]
    #: null: until somebody ends it
    last_day: Mapped[Day | None]
    interest_stops: Mapped[bool]
    penalty_stops: Mapped[bool]
    #: of credit holidays, what they were granted for
    ground: Mapped[str | None] = mapped_column(String(20))


class LoanRequest(Base):
    """A change of a contract that takes effect when a second person agrees to it."""

    __tablename__ = "loan_requests"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: see registry.amendments
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[Document]
    #: waiting, approved, rejected
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    asked_by: Mapped[Name]
    asked_at: Mapped[Instant]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[Instant | None]
    #: why it was rejected
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ks_ix_loan_requests_waiting",
            "loan_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
