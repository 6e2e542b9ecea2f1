"""What comes of an answer: it is sealed, the loan stands as it says, and what is new becomes a signal that scenarios
hear, all in one transaction.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import work
from scenario_engine.inquiries.facts import Facts, judge
from scenario_engine.models import Inquiry, Loan, LoanEvent
from scenario_engine.models.inquiry import NEWS_OF, SANDBOX
from scenario_engine.vault import Vault


def settle(
    session: Session, inquiry: Inquiry, facts: Facts, vault: Vault, *, cost: int | None, now: datetime, time_zone: str
) -> None:
    """Write an answer down; the caller holds the inquiry's loan and the inquiry."""
    loan = session.get_one(Loan, inquiry.loan_id)
    column = _column(inquiry.subject)
    verdict = judge(
        inquiry.subject, facts, before=last_facts(session, vault, inquiry.loan_id, inquiry.subject),
        state=getattr(loan, column), act=court_act(session, loan.id),
    )  # fmt: skip
    inquiry.facts, inquiry.outcome, inquiry.cost = vault.seal(json.dumps(facts)), verdict.state, cost
    _end(inquiry, now)
    if verdict.is_news:
        inquiry.told_at = now
        session.flush()
        work.record_signal(
            session, inquiry.loan_id, kind=NEWS_OF[inquiry.subject], actor="engine", now=now, time_zone=time_zone,
            data={"state": verdict.state, "inquiry": inquiry.id, "provider": inquiry.provider},
            key=f"inquiry:{inquiry.id}:{inquiry.asked_at.timestamp():.0f}", source="inquiry",
        )  # fmt: skip
    session.flush()


def pretend(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """Nobody was asked: the loan stands as it stood, and nothing is told."""
    inquiry.provider, inquiry.sent_at = SANDBOX, now
    _end(inquiry, now)
    session.flush()


def last_facts(session: Session, vault: Vault, loan_id: int, subject: str) -> Facts | None:
    """The newest answer about the loan; None when there is none, or no key opens it."""
    sealed = session.scalar(
        select(Inquiry.facts)
        .where(Inquiry.loan_id == loan_id, Inquiry.subject == subject, Inquiry.facts.is_not(None))
        .order_by(Inquiry.answered_at.desc(), Inquiry.id.desc())
        .limit(1)
    )
    return opened(vault, sealed)


def opened(vault: Vault, sealed: str | None) -> dict[str, Any] | None:
    """What was sealed; None when there is nothing, or no key opens it."""
    text = vault.open(sealed) if sealed else None
    return json.loads(text) if text else None


def court_act(session: Session, loan_id: int) -> str | None:
    """The number of the court's act about the loan, when a judgment was written down."""
    data = session.scalar(
        select(LoanEvent.data)
        .where(LoanEvent.loan_id == loan_id, LoanEvent.kind == "judged")
        .order_by(LoanEvent.id.desc())
        .limit(1)
    )
    act = (data or {}).get("more", {}).get("act")
    return str(act) if act else None


def _end(inquiry: Inquiry, now: datetime) -> None:
    inquiry.state, inquiry.answered_at, inquiry.claimed_at, inquiry.error = "answered", now, None, None


def _column(subject: str) -> str:
    return f"{subject}_state"
