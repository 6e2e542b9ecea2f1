"""Operator tasks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Amount, Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import loans as shapes
from console.clock import now
from console.context import database, settings
from console.queries.task_card import task_card
from console.queries.task_list import task_list
from console.queries.visibility import require_task, seen_tasks
from console.security import workers
from scenario_engine import work
from scenario_engine.errors import Invalid, Problem
from scenario_engine.texts import Text

#: tasks that are assigned in one request
MOST_AT_ONCE = 1_000


class TaskQuery(ListQuery):
    """Filters of the list; `assignee` is ``me``, ``none`` or a user name."""

    state = Line()
    queue = Line()
    assignee = Line()
    overdue = fields.Boolean()
    loan = KeyFilter()


TASKS = Source(
    title=Text("Tasks", "Задачи"),
    right="task.read",
    query=TaskQuery,
    make=lambda asked: task_list(asked.actor, asked.query, asked.now),
)


class Assignment(Schema):
    """Who works on it; null: whoever takes it."""

    assignee = Line(required=True, allow_none=True)


class Assignments(Assignment):
    """Many tasks for one person."""

    tasks = fields.List(Key(), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class PromiseBody(Schema):
    """What was promised."""

    amount = Amount(required=True)
    due_on = fields.Date(required=True)


class Closing(Schema):
    """How a task ended."""

    disposition = Line(longest=64, required=True)
    note = Line(longest=10_000, load_default="", allow_none=True)
    promise = fields.Nested(PromiseBody, load_default=None, allow_none=True)


class TasksApi(Api):
    """Tasks."""

    resource_name = "tasks"

    @route("GET", "", right="task.read", query=TaskQuery, answer=shapes.TaskPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The tasks that one may see: an operator their own and the free ones of their queues."""
        return TASKS.page(actor, query)

    @route("GET", "/<key:task_id>", right="task.read", answer=shapes.TaskCard)
    def get(self, *, actor: Actor, task_id: int) -> dict[str, Any]:
        """A task with its loan and borrower."""
        with database().read() as session:
            return task_card(session, actor, task_id, now=now())

    @route("POST", "/<key:task_id>/take", right="task.work", answer=shapes.TaskCard)
    def take(self, *, actor: Actor, task_id: int) -> dict[str, Any]:
        """Take a free task."""
        with database().write() as session:
            require_task(session, actor, task_id)
            work.take(session, task_id, actor=actor.name, now=now())
            return self._card(session, actor, task_id)

    @route("POST", "/<key:task_id>/release", right="task.work", answer=shapes.TaskCard)
    def release(self, *, actor: Actor, task_id: int) -> dict[str, Any]:
        """Give one's task back to its queue."""
        with database().write() as session:
            require_task(session, actor, task_id)
            work.release(session, task_id, actor=actor.name, now=now())
            return self._card(session, actor, task_id)

    @route("POST", "/<key:task_id>/assign", right="task.assign", body=Assignment, answer=shapes.TaskCard)
    def assign(self, *, actor: Actor, task_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Give a task to a person, or back to everybody."""
        with database().write() as session:
            require_task(session, actor, task_id)
            self._require_worker(session, body["assignee"])
            work.assign(session, task_id, assignee=body["assignee"], actor=actor.name, now=now())
            return self._card(session, actor, task_id)

    @route("POST", "/assign", right="task.assign", body=Assignments, answer=shapes.TasksAssigned)
    def assign_many(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Give many tasks to a person, or back to everybody; those that cannot be given are named with the reason."""
        asked = set(body["tasks"])
        with database().write() as session:
            self._require_worker(session, body["assignee"])
            refused = work.assign_many(
                session, asked, assignee=body["assignee"], actor=actor.name, now=now(), seen=seen_tasks(actor)
            )
        return {
            "assigned": sorted(asked - refused.keys()),
            "refused": [
                {"task": task_id, "code": error.code, "message": error.text.say(actor.language)}
                for task_id, error in refused.items()
            ],
        }

    @route("POST", "/<key:task_id>/close", right="task.work", body=Closing, answer=shapes.TaskCard)
    def close(self, *, actor: Actor, task_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Close a task with its result; the case goes on by that port."""
        given = body["promise"]
        with database().write() as session:
            require_task(session, actor, task_id)
            work.close(
                session,
                task_id,
                disposition=body["disposition"],
                note=body["note"] or "",
                promise=None if given is None else work.PromiseGiven(**given),
                actor=actor.name,
                now=now(),
                time_zone=settings().time_zone,
            )
            return self._card(session, actor, task_id)

    def _require_worker(self, session: Session, name: str | None) -> None:
        if name is not None and name not in workers(session):
            text = Text("There is no such operator.", "Такого оператора нет.")
            raise Invalid(text, problems=[Problem(code="assignee", field="assignee", text=text)])

    def _card(self, session: Session, actor: Actor, task_id: int) -> dict[str, Any]:
        session.flush()
        return task_card(session, actor, task_id, now=now())


class OperatorsApi(Api):
    """Who can be given a task."""

    resource_name = "operators"

    @route("GET", "", right="task.assign", answer=shapes.Operators)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """The active people who work on tasks."""
        with database().read() as session:
            found = workers(session)
        return {"items": [{"name": name, "full_name": full_name} for name, full_name in sorted(found.items())]}
