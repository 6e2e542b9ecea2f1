"""The command palette: a few of everything that fits the words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import searches
from console.queries.loans import loan_search
from console.queries.visibility import Veil, seen_loans, seen_tasks
from scenario_engine.models import Borrower, Loan, Scenario, Task
from scenario_engine.models.scenario import shown_name

_EACH = 8


def search(session: Session, actor: Actor, words: str) -> dict[str, Any]:
    """Loans, borrowers, scenarios and tasks, as far as the actor may see them."""
    found: dict[str, Any] = {"loans": [], "scenarios": [], "tasks": [], "borrowers": []}
    if not words.strip():
        return found
    veil = Veil(actor)
    if actor.may("loan.read"):
        loans = session.execute(
            select(
                Loan.id, Loan.external_id, Loan.dpd, Loan.overdue, Borrower.id.label("borrower_id"), Borrower.full_name
            )
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(seen_loans(actor), loan_search(actor, words))
            .order_by(Loan.id)
            .limit(_EACH)
        )
        found["loans"] = [
            {
                "id": row.id,
                "external_id": row.external_id,
                "borrower": {"id": row.borrower_id, "name": veil.name(row.full_name)},
                "dpd": row.dpd,
                "overdue": row.overdue,
            }
            for row in loans
        ]
        persons = () if veil.masked else (Borrower.full_name, Borrower.phone)
        people = select(Borrower.id, Borrower.external_id, Borrower.full_name).where(
            searches(words, Borrower.external_id, *persons)
        )
        if not actor.may("loan.all"):
            people = people.where(Borrower.id.in_(select(Loan.borrower_id).where(seen_loans(actor))))
        found["borrowers"] = [
            {"id": row.id, "external_id": row.external_id, "name": veil.name(row.full_name)}
            for row in session.execute(people.order_by(Borrower.id).limit(_EACH))
        ]
    if actor.may("scenario.read"):
        scenarios = session.execute(
            select(Scenario.id, Scenario.key, shown_name().label("name"), Scenario.state)
            .where(Scenario.state != "archived", searches(words, Scenario.name, Scenario.key))
            .order_by(Scenario.name, Scenario.id)
            .limit(_EACH)
        )
        found["scenarios"] = [dict(row._mapping) for row in scenarios]
    if actor.may("task.read"):
        tasks = session.execute(
            select(Task.id, Task.title, Task.state, Task.borrower_id, Borrower.full_name)
            .join(Loan, Loan.id == Task.loan_id)
            .join(Borrower, Borrower.id == Task.borrower_id)
            .where(seen_tasks(actor), searches(words, Task.title, Loan.external_id))
            .order_by(Task.id.desc())
            .limit(_EACH)
        )
        found["tasks"] = [
            {
                "id": row.id,
                "title": row.title,
                "state": row.state,
                "borrower": {"id": row.borrower_id, "name": veil.name(row.full_name)},
            }
            for row in tasks
        ]
    return found
