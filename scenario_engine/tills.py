"""A payment taken in, whatever it comes through: recorded, reacted to and noted in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine.events import Reaction, react
from scenario_engine.models import Loan, Payment
from scenario_engine.registry import payments
from scenario_engine.registry.payments import NewPayment


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a payment."""

    payment_id: int
    #: false when it was known already; nothing was changed then
    is_new: bool
    #: overdue debt of the loan now, kopecks
    overdue: int
    reaction: Reaction


def take(session: Session, payment: NewPayment, *, actor: str, source: str, now: datetime, time_zone: str) -> Taken:
    """Record the payment in the caller's transaction, let cases react, and note it in the audit.

    Raises what `payments.record` raises.
    """
    recorded = payments.record(session, [payment], now=now, source=source, time_zone=time_zone)
    row = session.execute(
        select(Payment.id, Payment.loan_id, Loan.external_id, Loan.overdue)
        .join(Loan, Loan.id == Payment.loan_id)
        .where(Payment.external_id == payment.external_id)
    ).one()
    reaction = react(session, now=now, time_zone=time_zone, loans=[row.loan_id])
    is_new = bool(recorded.added)
    if is_new:
        audit.record(
            session, at=now, actor=actor, action="payment.recorded", subject_type="payment", subject_id=row.id,
            loan=row.external_id, amount=payment.amount, source=source,
        )  # fmt: skip
    return Taken(payment_id=row.id, is_new=is_new, overdue=row.overdue, reaction=reaction)
