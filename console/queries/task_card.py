"""The card of an operator task, with the loan beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries import loan_card
from console.queries.contact_chances import chance_facts
from console.queries.task_list import dispositions, task_item, task_rows
from console.queries.visibility import require_task
from scenario_engine.manual_contacts import chances
from scenario_engine.models import Loan, Task


def task_card(session: Session, actor: Actor, task_id: int, *, now: datetime) -> dict[str, Any]:
    """The task with its instruction, what it may end with, and what one must know to work on it."""
    task = require_task(session, actor, task_id)
    row = session.execute(task_rows().where(Task.id == task_id)).one()
    loan = session.get_one(Loan, task.loan_id)
    item = task_item(row, actor)
    return {
        **item,
        "instruction": task.instruction,
        "note": task.note,
        "dispositions": dispositions(task.dispositions, actor.language),
        "loan": loan_card.loan_facts(session, loan),
        "borrower": loan_card.borrower_facts(session, actor, task.borrower_id, now=now),
        "payments": loan_card.payments(session, task.loan_id)[:20],
        "promises": loan_card.promises(session, task.loan_id)[:20],
        "contacts": loan_card.contacts(session, task.borrower_id),
        "call": None if task.state != "open" else call_now(session, task, now, actor.language),
    }


def call_now(session: Session, task: Task, now: datetime, language: str) -> dict[str, Any]:
    """Whether the operator may call now, and why not."""
    (chance,) = chances(session, task.loan_id, ("operator_call",), now=now, task=task)
    return chance_facts(chance, language)
