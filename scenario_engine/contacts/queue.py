"""Messages of a borrower that wait in the outbox, and must not leave any more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from scenario_engine.models import Loan, Message


def drop(session: Session, borrower_id: int, which: ColumnElement[bool], reason: str) -> int:
    """Cancel those that wait, with the reason that a person reads; how many they were."""
    dropped = session.scalars(
        update(Message)
        .where(
            # messages are found by their loan
            Message.loan_id.in_(select(Loan.id).where(Loan.borrower_id == borrower_id)),
            Message.state == "queued",
            which,
        )
        .values(state="cancelled", error=reason)
        .returning(Message.id)
    )
    return len(dropped.all())
