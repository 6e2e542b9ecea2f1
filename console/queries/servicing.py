"""What is agreed about a loan: for its forms, for those who decide."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries.ledger import owed
from console.queries.visibility import seen_loans
from scenario_engine.errors import NotFound
from scenario_engine.models import Loan, LoanRequest
from scenario_engine.registry.amendments.catalogue import KINDS
from scenario_engine.registry.amendments.desk import Prospect
from scenario_engine.registry.ledger import acts
from scenario_engine.texts import Text

#: newest requests of one loan, and the oldest that wait in the whole house
_MOST = 50


def desk_of(session: Session, loan: Loan, actor: Actor, *, on: date) -> dict[str, Any]:
    """The loan as forms need it. NotFound for a loan without a ledger."""
    standing = acts.standing_of(session, loan.id)
    if loan.state == "open":
        acts.go_on(standing, upto=on)
    terms = standing.contract.terms
    prolongations = [each.day for each in acts.amendments(session, loan.id) if each.kind == "prolonged"]
    rows = session.execute(_requests().where(LoanRequest.loan_id == loan.id).order_by(LoanRequest.id.desc()))
    return {
        "today": on,
        "product_kind": terms.kind,
        "unit": terms.unit,
        "rate_ppm": terms.rate_ppm,
        "rate_per": terms.rate_per,
        "prolongations": terms.prolongations,
        "prolonged": len(prolongations),
        "prolonged_on": max(prolongations, default=None),
        "owed": owed(standing),
        "pauses": [asdict(pause) for pause in standing.contract.pauses],
        "requests": [request_facts(request, number, actor) for request, number in rows],
    }


def waiting(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The requests that wait, oldest first, on loans that the actor may see."""
    rows = session.execute(
        _requests().where(LoanRequest.state == "waiting", seen_loans(actor)).order_by(LoanRequest.id)
    )
    return [request_facts(request, number, actor) for request, number in rows]


def request_facts(request: LoanRequest, number: str, actor: Actor) -> dict[str, Any]:
    """One request, said in the reader's language."""
    kind = KINDS.get(request.kind)
    return {
        "id": request.id,
        "loan_id": request.loan_id,
        "loan": number,
        "kind": request.kind,
        "title": (kind.title if kind else Text(request.kind, request.kind)).say(actor.language),
        "asked": request.asked,
        "state": request.state,
        "asked_by": request.asked_by,
        "asked_at": request.asked_at,
        "own": request.asked_by == actor.name,
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "reason": request.reason,
    }


def prospect(found: Prospect) -> dict[str, Any]:
    """What would change."""
    return {
        "needs_approval": found.kind.needs_approval,
        "price": found.price,
        "before": owed(found.before),
        "after": owed(found.after),
        "dpd_before": found.before.dpd,
        "dpd_after": found.after.dpd,
        "given_up": found.after.owed.given_up - found.before.owed.given_up,
        "lines": [
            {
                "number": line.number,
                "due_on": line.due_on,
                "amount": line.amount,
                "principal": line.principal,
                "interest": line.interest,
                "fee": line.fee,
                "left": line.left,
            }
            for line in found.after.contract.lines[found.after.at :]
            if found.after.owed.balance and line.amount
        ],
    }


def require_request(session: Session, actor: Actor, request_id: int) -> tuple[LoanRequest, str]:
    """The request and the number of its loan; NotFound when the actor may not see the loan."""
    row = session.execute(_requests().where(LoanRequest.id == request_id, seen_loans(actor))).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such request.", "Такого запроса нет."))
    return row[0], row[1]


def _requests() -> Any:
    return select(LoanRequest, Loan.external_id).join(Loan, Loan.id == LoanRequest.loan_id).limit(_MOST)
