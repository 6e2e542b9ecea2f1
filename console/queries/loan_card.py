"""Everything on a loan's card but its timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries.pauses import pause_reason
from console.queries.task_list import tasks_of_loan
from console.queries.visibility import Veil
from scenario_engine.models import (
    Borrower,
    Case,
    Contact,
    Instalment,
    Loan,
    LoanEvent,
    LoanTag,
    Offer,
    Payment,
    Product,
    Promise,
    Scenario,
    Version,
    VersionNode,
)
from scenario_engine.models.scenario import shown_name

#: newest first, this many of each; the timeline has the rest
_NEWEST = 200


def loan_card(session: Session, actor: Actor, loan: Loan, *, now: datetime, today: date) -> dict[str, Any]:
    """The card as api.md describes it."""
    return {
        "loan": loan_facts(session, loan),
        "borrower": borrower_facts(session, actor, loan.borrower_id, now=now),
        "instalments": instalments(session, loan, today),
        "payments": payments(session, loan.id),
        "cases": cases(session, loan.id, actor.language),
        "offers": offers(session, loan.id),
        "promises": promises(session, loan.id),
        "tasks": tasks_of_loan(session, actor, loan.id),
    }


def loan_facts(session: Session, loan: Loan) -> dict[str, Any]:
    """The loan with its product and tags."""
    product = session.get_one(Product, loan.product_id)
    region = session.scalar(select(Borrower.region).where(Borrower.id == loan.borrower_id))
    tags = session.scalars(select(LoanTag.tag).where(LoanTag.loan_id == loan.id).order_by(LoanTag.tag)).all()
    return {
        "id": loan.id,
        "external_id": loan.external_id,
        "product": {"code": product.code, "name": product.name, "kind": product.kind},
        "state": loan.state,
        "servicing": loan.servicing,
        "issued_on": loan.issued_on,
        "region": region,
        "channel": loan.channel,
        "principal": loan.principal,
        "balance": loan.balance,
        "overdue": loan.overdue,
        "overdue_since": loan.overdue_since,
        "dpd": loan.dpd,
        "dpd_grace_days": loan.dpd_grace_days,
        "bucket": loan.bucket,
        "next_due_on": loan.next_due_on,
        "next_due_amount": loan.next_due_amount,
        "last_payment_on": loan.last_payment_on,
        "risk_score": loan.risk_score,
        "risk_group": loan.risk_group,
        "debt_burden": loan.debt_burden,
        "ordinal": loan.ordinal,
        "bailiff_state": loan.bailiff_state,
        "bureau_state": loan.bureau_state,
        "tags": list(tags),
        "demo": loan.demo,
    }


def borrower_facts(session: Session, actor: Actor, borrower_id: int, *, now: datetime) -> dict[str, Any]:
    """The borrower, masked for those who may not see persons."""
    person = session.get_one(Borrower, borrower_id)
    veil = Veil(actor)
    try:
        local = now.astimezone(ZoneInfo(person.time_zone)).strftime("%H:%M")
    except (ZoneInfoNotFoundError, ValueError):
        local = None
    others = session.execute(
        select(Loan.id, Loan.external_id, Loan.state, Loan.overdue, Loan.dpd)
        .where(Loan.borrower_id == borrower_id)
        .order_by(Loan.id.desc())
        .limit(20)
    )
    return {
        "id": person.id,
        "external_id": person.external_id,
        "name": veil.name(person.full_name),
        "birth_date": None if veil.masked else person.birth_date,
        "phone": veil.phone(person.phone),
        "email": veil.email(person.email),
        "messenger": veil.address(person.messenger),
        "postal_address": None if veil.masked else person.postal_address,
        "region": person.region,
        "language": person.language,
        "time_zone": person.time_zone,
        "local_time": local,
        "contact_stop": person.contact_stop,
        "lending_restricted_at": person.lending_restricted_at,
        "lending_restriction": person.lending_restriction,
        "loans_count": person.loans_count,
        "loans": [dict(row._mapping) for row in others],
        "masked": veil.masked,
        "demo": person.demo,
    }


def instalments(session: Session, loan: Loan, today: date) -> list[dict[str, Any]]:
    """The schedule. A line is paid, overdue, within the grace, due (next), or planned.

    A line of which nothing was paid before all was scheduled anew asks for nothing any more, and is not shown.
    """
    lines = session.scalars(
        select(Instalment).where(Instalment.loan_id == loan.id, Instalment.amount > 0).order_by(Instalment.number)
    ).all()
    found = []
    next_seen = False
    for line in lines:
        if line.paid >= line.amount:
            state = "paid"
        elif line.due_on < today:
            state = "grace" if (today - line.due_on).days <= loan.dpd_grace_days else "overdue"
        else:
            state = "planned" if next_seen else "due"
            next_seen = True
        found.append(
            {
                "number": line.number,
                "due_on": line.due_on,
                "amount": line.amount,
                "principal": line.principal,
                "paid": line.paid,
                "paid_on": line.paid_on,
                "state": state,
            }
        )
    return found


def payments(session: Session, loan_id: int) -> list[dict[str, Any]]:
    """The newest payments, and when those that do not stand were taken back."""
    taken_back = and_(
        LoanEvent.loan_id == Payment.loan_id, LoanEvent.payment_id == Payment.id, LoanEvent.kind == "reversal"
    )
    rows = session.execute(
        select(
            Payment.id,
            Payment.external_id,
            Payment.amount,
            Payment.paid_at,
            Payment.source,
            LoanEvent.recorded_at.label("reversed_at"),
        )
        .outerjoin(LoanEvent, taken_back)
        .where(Payment.loan_id == loan_id)
        .order_by(Payment.paid_at.desc(), Payment.id.desc())
        .limit(_NEWEST)
    )
    return [dict(row._mapping) for row in rows]


def cases(session: Session, loan_id: int, language: str) -> list[dict[str, Any]]:
    """The loan's cases, the active ones first."""
    rows = session.execute(
        select(Case, Scenario, shown_name(), Version.number, VersionNode.key, VersionNode.label)
        .join(Scenario, Scenario.id == Case.scenario_id)
        .join(Version, Version.id == Case.version_id)
        .outerjoin(VersionNode, VersionNode.id == Case.node_id)
        .where(Case.loan_id == loan_id)
        .order_by(Case.ended_at.is_(None).desc(), Case.id.desc())
        .limit(_NEWEST)
    )
    return [case_facts(*row, language) for row in rows]


def case_facts(
    case: Case, scenario: Scenario, name: str, number: int, key: str | None, label: str | None, language: str
) -> dict[str, Any]:
    """One case as JSON."""
    return {
        "id": case.id,
        "scenario": {"id": case.scenario_id, "name": name},
        "version": {"id": case.version_id, "number": number},
        "node": {"key": key, "label": label},
        "entered_at": case.entered_at,
        "due_at": case.due_at,
        "enrolled_at": case.enrolled_at,
        "enrolled_overdue": case.enrolled_overdue,
        "ended_at": case.ended_at,
        "end_reason": case.end_reason,
        "error": case.error,
        "paused": pause_reason(scenario, language) if case.ended_at is None else None,
    }


def offers(session: Session, loan_id: int) -> list[dict[str, Any]]:
    """The newest offers."""
    rows = session.execute(
        select(Offer.id, Offer.kind, Offer.size, Offer.made_at, Offer.expires_at, Offer.state, Offer.answered_at)
        .where(Offer.loan_id == loan_id)
        .order_by(Offer.id.desc())
        .limit(_NEWEST)
    )
    return [dict(row._mapping) for row in rows]


def promises(session: Session, loan_id: int) -> list[dict[str, Any]]:
    """The newest promises."""
    rows = session.execute(
        select(
            Promise.id,
            Promise.amount,
            Promise.due_on,
            Promise.given_at,
            Promise.state,
            Promise.decided_at,
            Promise.task_id,
        )
        .where(Promise.loan_id == loan_id)
        .order_by(Promise.id.desc())
        .limit(_NEWEST)
    )
    return [dict(row._mapping) for row in rows]


def contacts(session: Session, borrower_id: int) -> list[dict[str, Any]]:
    """The newest contacts with a borrower, over all loans."""
    rows = session.execute(
        select(Contact.id, Contact.kind, Contact.channel, Contact.at)
        .where(Contact.borrower_id == borrower_id)
        .order_by(Contact.at.desc(), Contact.id.desc())
        .limit(20)
    )
    return [dict(row._mapping) for row in rows]
