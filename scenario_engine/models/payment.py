"""Money that came in."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Instant, Key, Kopecks


class Payment(Base):
    """A payment on a loan. `external_id` makes recording it idempotent."""

    __tablename__ = "payments"

    id: Mapped[Key]
    external_id: Mapped[Code] = mapped_column(unique=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    amount: Mapped[Kopecks]
    paid_at: Mapped[Instant]
    #: when Kaskad learnt of it
    recorded_at: Mapped[Instant]
    #: import, api, console (a person), command, demo, or a payment source
    source: Mapped[str] = mapped_column(String(20))

    __table_args__ = (Index(None, "loan_id", "paid_at"), Index(None, "paid_at"))


class Attribution(Base):
    """A payment that came within the conversion window after a visit: what the node may claim.

    Written in the transaction that records the payment, so a conversion never needs a scan of the history.
    """

    __tablename__ = "attributions"

    id: Mapped[Key]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    version_id: Mapped[int] = mapped_column(BigInteger)
    node_id: Mapped[int] = mapped_column(BigInteger)
    #: case, batch and hop that entered the node: together the visit
    case_id: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    hop: Mapped[int]
    #: local day of the portfolio on which the node was entered
    day: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Kopecks]

    __table_args__ = (Index(None, "version_id", "node_id"),)
