"""Operator tasks: the list, and the card with the loan beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.queries import loan_card
from console.queries.visibility import Veil, require_task, seen_tasks
from scenario_engine.models import Borrower, Loan, Task
from scenario_engine.texts import Text

_COLUMNS = (
    Task.id,
    Task.queue,
    Task.title,
    Task.priority,
    Task.state,
    Task.assignee,
    Task.created_at,
    Task.due_at,
    Task.disposition,
    Task.closed_at,
    Task.closed_by,
    Task.loan_id,
    Task.borrower_id,
    Loan.external_id,
    Loan.dpd,
    Loan.overdue,
    Borrower.full_name,
)
EXPORTED = (
    (Text("Task", "Задача"), "title"),
    (Text("Queue", "Очередь"), "queue"),
    (Text("Priority", "Приоритет"), "priority"),
    (Text("State", "Состояние"), "state"),
    (Text("Operator", "Оператор"), "assignee"),
    (Text("Loan", "Займ"), "loan.external_id"),
    (Text("Borrower", "Заёмщик"), "borrower.name"),
    (Text("Days past due", "Дней просрочки"), "loan.dpd"),
    (Text("Overdue, kopecks", "Просрочено, коп."), "loan.overdue"),
    (Text("Created at", "Создана"), "created_at"),
    (Text("Due at", "Срок"), "due_at"),
    (Text("Disposition", "Результат"), "disposition"),
    (Text("Closed at", "Закрыта"), "closed_at"),
    (Text("Closed by", "Кем закрыта"), "closed_by"),
)


def task_list(actor: Actor, filters: Mapping[str, Any], now: datetime) -> Listing:
    """The tasks that the actor may see and that fit the filters."""
    where = [seen_tasks(actor)]
    if filters.get("state"):
        where.append(Task.state.in_(filters["state"].split(",")))
    if filters.get("queue"):
        where.append(Task.queue.in_(filters["queue"].split(",")))
    assignee = filters.get("assignee")
    if assignee == "me":
        where.append(Task.assignee == actor.name)
    elif assignee == "none":
        where.append(Task.assignee.is_(None))
    elif assignee:
        where.append(Task.assignee == assignee)
    if filters.get("overdue") is not None:
        late = (Task.state == "open") & Task.due_at.is_not(None) & (Task.due_at < now)
        where.append(late if filters["overdue"] else ~late)
    if filters.get("loan"):
        where.append(Task.loan_id == filters["loan"])
    if filters.get("q", "").strip():
        columns: list[Any] = [Task.title, Loan.external_id]
        if actor.may("person.read"):
            columns.append(Borrower.full_name)
        where.append(searches(filters["q"], *columns))
    return Listing(
        select=select(*_COLUMNS)
        .join(Loan, Loan.id == Task.loan_id)
        .join(Borrower, Borrower.id == Task.borrower_id)
        .where(*where),
        sorts={
            "id": Task.id,
            "queue": Task.queue,
            "title": Task.title,
            "priority": Task.priority,
            "state": Task.state,
            "assignee": Task.assignee,
            "created_at": Task.created_at,
            "due_at": Task.due_at,
            "closed_at": Task.closed_at,
            "loan": Loan.external_id,
            "borrower": Borrower.full_name,
            "dpd": Loan.dpd,
            "overdue": Loan.overdue,
        },
        order="due_at",
        tie=Task.id,
        item=lambda row: task_item(row, Veil(actor)),
        columns=EXPORTED,
        file_name="tasks",
    )


def task_item(row: Row[Any], veil: Veil) -> dict[str, Any]:
    """A row of the list as JSON."""
    return {
        "id": row.id,
        "queue": row.queue,
        "title": row.title,
        "priority": row.priority,
        "state": row.state,
        "assignee": row.assignee,
        "loan": {"id": row.loan_id, "external_id": row.external_id, "dpd": row.dpd, "overdue": row.overdue},
        "borrower": {"id": row.borrower_id, "name": veil.name(row.full_name)},
        "created_at": row.created_at,
        "due_at": row.due_at,
        "disposition": row.disposition,
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
    }


def task_card(session: Session, actor: Actor, task_id: int, *, now: datetime) -> dict[str, Any]:
    """The task with its instruction, what it may end with, and what one must know to work on it."""
    task = require_task(session, actor, task_id)
    row = session.execute(
        select(*_COLUMNS)
        .join(Loan, Loan.id == Task.loan_id)
        .join(Borrower, Borrower.id == Task.borrower_id)
        .where(Task.id == task_id)
    ).one()
    loan = session.get_one(Loan, task.loan_id)
    item = task_item(row, Veil(actor))
    return {
        **item,
        "instruction": task.instruction,
        "note": task.note,
        "dispositions": dispositions(task, actor.language),
        "loan": loan_card.loan_facts(session, loan),
        "borrower": loan_card.borrower_facts(session, actor, task.borrower_id, now=now),
        "payments": loan_card.payments(session, task.loan_id)[:20],
        "promises": loan_card.promises(session, task.loan_id)[:20],
        "contacts": loan_card.contacts(session, task.borrower_id),
    }


def dispositions(task: Task, language: str) -> list[dict[str, Any]]:
    """What the task may end with, in the reader's language; `needs` names what must come with it."""
    found = []
    declared: Any = task.dispositions
    for each in declared if isinstance(declared, list) else ():
        title = each.get("title", each["key"])
        if isinstance(title, dict):
            title = title.get(language) or title.get("en") or each["key"]
        found.append({"key": each["key"], "title": title, "needs": each.get("needs")})
    return found
