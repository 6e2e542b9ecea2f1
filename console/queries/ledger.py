"""A loan's ledger: its events with the balance after each, how it stood on every day, what closing would cost."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.models import LoanEvent
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.ledger.fold import Standing

_OWED = ("principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee")


def ledger(session: Session, loan_id: int) -> dict[str, Any]:
    """All events, newest first; NotFound for a loan without a ledger."""
    standing = acts.standing_of(session, loan_id)
    rows = session.scalars(select(LoanEvent).where(LoanEvent.loan_id == loan_id).order_by(LoanEvent.id)).all()
    events, balance = [], 0
    for row in rows:
        balance += sum(getattr(row, part) for part in _OWED)
        events.append(
            {
                "id": row.id,
                "kind": row.kind,
                "day": row.day,
                "recorded_at": row.recorded_at,
                "actor": row.actor,
                "paid": row.paid,
                "given_up": row.given_up,
                "more": row.data and row.data["more"],
                "balance": balance,
                **{part: getattr(row, part) for part in (*_OWED, "credit")},
            }
        )
    return {
        "upto": standing.upto,
        "owed": owed(standing),
        "events": events[::-1],
        "days": [asdict(each) for each in acts.history(session, loan_id)],
    }


def quote(session: Session, loan_id: int, on: date) -> dict[str, Any]:
    """What closing the loan on a day would cost, by part."""
    return {"on": on, "owed": owed(acts.quote(session, loan_id, on))}


def owed(found: Standing) -> dict[str, int]:
    """What is owed, by part and in all."""
    return {
        "balance": found.owed.balance,
        "overdue": found.overdue,
        "credit": found.owed.credit,
        **{part: getattr(found.owed, part) for part in _OWED},
    }
