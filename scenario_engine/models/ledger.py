"""The ledger of the loans that are serviced here: every event, and the account that is their sum."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
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
    #: see registry.lending.terms; as they were when the loan was issued
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
    event: the sum of the parts less `credit` = `charged` + what was lent − what was paid.
    """

    __tablename__ = "loan_events"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: issued, fell_due, accrued, payment, reversal, waived, written_off, corrected
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
    data: Mapped[Document | None]

    __table_args__ = (UniqueConstraint("loan_id", "kind", "key"), Index(None, "loan_id", "day"))
