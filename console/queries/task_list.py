"""The list of operator tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from console import state_words
from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.visibility import Veil, seen_tasks
from scenario_engine.models import Borrower, Loan, Task
from scenario_engine.texts import Text

COLUMNS = (
    Task.id,
    Task.queue,
    Task.title,
    Task.priority,
    Task.state,
    Task.assignee,
    Task.created_at,
    Task.due_at,
    Task.disposition,
    Task.dispositions,
    Task.closed_at,
    Task.closed_by,
    Task.loan_id,
    Task.borrower_id,
    Loan.external_id,
    Loan.dpd,
    Loan.overdue,
    Borrower.full_name,
)
#: tasks of one loan that its card shows
_OF_LOAN = 200
EXPORTED = (
    Column(Text("Task", "Задача"), "title"),
    Column(Text("Queue", "Очередь"), "queue"),
    Column(Text("Priority", "Приоритет"), "priority"),
    Column(Text("State", "Состояние"), "state", words=state_words.TASKS),
    Column(Text("Operator", "Оператор"), "assignee"),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("Borrower", "Заёмщик"), "borrower.name"),
    Column(Text("Days past due", "Дней просрочки"), "loan.dpd"),
    Column(Text("Overdue, ₽", "Просрочено, ₽"), "loan.overdue", money=True),
    Column(Text("Created at", "Создана"), "created_at"),
    Column(Text("Due at", "Срок"), "due_at"),
    Column(Text("Result", "Результат"), "result"),
    Column(Text("Closed at", "Закрыта"), "closed_at"),
    Column(Text("Closed by", "Кем закрыта"), "closed_by"),
)


def task_rows() -> Select[*tuple[Any, ...]]:
    """Tasks with their loan and borrower, as `task_item` takes them."""
    return select(*COLUMNS).join(Loan, Loan.id == Task.loan_id).join(Borrower, Borrower.id == Task.borrower_id)


def tasks_of_loan(session: Session, actor: Actor, loan_id: int) -> list[dict[str, Any]]:
    """The newest tasks of a loan that the actor may see."""
    rows = session.execute(
        task_rows().where(Task.loan_id == loan_id, seen_tasks(actor)).order_by(Task.id.desc()).limit(_OF_LOAN)
    )
    return [task_item(row, actor) for row in rows]


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
        select=task_rows().where(*where),
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
        item=lambda row: task_item(row, actor),
        columns=EXPORTED,
        file_name="tasks",
    )


def dispositions(declared: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """What a task may end with, in the reader's language; `needs` names what must come with it."""
    found = []
    for each in declared.get("items", ()):
        title = each.get("title", each["key"])
        if isinstance(title, dict):
            title = title.get(language) or title.get("en") or each["key"]
        found.append({"key": each["key"], "title": title, "needs": each.get("needs")})
    return found


def task_item(row: Row[*tuple[Any, ...]], actor: Actor) -> dict[str, Any]:
    """A row of the list as JSON; `result` is the chosen disposition in the reader's language."""
    titles = {each["key"]: each["title"] for each in dispositions(row.dispositions, actor.language)}
    return {
        "id": row.id,
        "queue": row.queue,
        "title": row.title,
        "priority": row.priority,
        "state": row.state,
        "assignee": row.assignee,
        "loan": {"id": row.loan_id, "external_id": row.external_id, "dpd": row.dpd, "overdue": row.overdue},
        "borrower": {"id": row.borrower_id, "name": Veil(actor).name(row.full_name)},
        "created_at": row.created_at,
        "due_at": row.due_at,
        "disposition": row.disposition,
        "result": titles.get(row.disposition, row.disposition),
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
    }
