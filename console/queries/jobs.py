"""Long jobs as people see them: their own, or everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing
from console.export import Column
from scenario_engine.errors import Conflict, Forbidden, NotFound
from scenario_engine.jobs.ledger import is_silent
from scenario_engine.models import Job
from scenario_engine.models.job import ACTIVE
from scenario_engine.texts import Text

#: exports that one person may have going at once
MOST_EXPORTS = 5
#: kinds that make a file
FILES = ("export", "bureau_report")
_COLUMNS = (
    Job.id,
    Job.kind,
    Job.title,
    Job.state,
    Job.cancel_asked,
    Job.done,
    Job.total,
    Job.actor,
    Job.created_at,
    Job.started_at,
    Job.heartbeat_at,
    Job.finished_at,
    Job.expires_at,
    Job.attempts,
    Job.params,
    Job.result,
    Job.error,
)


def _columns(silence: timedelta) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS, is_silent(silence).label("silent"))


def seen_jobs(actor: Actor) -> ColumnElement[bool]:
    """Over `Job`: one's own; everybody's for those who oversee."""
    return true() if actor.may("job.all") else Job.actor == actor.name


def job_list(actor: Actor, filters: Mapping[str, Any], *, silence: timedelta) -> Listing:
    """The jobs that fit the filters; `silence` is how long a worker may give no sign of life."""
    where = [seen_jobs(actor)]
    if filters.get("mine"):
        where.append(Job.actor == actor.name)
    for name, column in (("state", Job.state), ("kind", Job.kind), ("actor", Job.actor)):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    return Listing(
        select=_columns(silence).where(*where),
        sorts={
            "id": Job.id,
            "kind": Job.kind,
            "state": Job.state,
            "actor": Job.actor,
            "created_at": Job.created_at,
            "finished_at": Job.finished_at,
        },
        order="-created_at",
        tie=Job.id.desc(),
        item=lambda row: _item(row, actor),
        file_name="jobs",
        columns=(
            Column(Text("No.", "№"), "id"),
            Column(Text("Job", "Операция"), "title"),
            Column(Text("State", "Состояние"), "state"),
            Column(Text("Who", "Кто"), "actor"),
            Column(Text("Asked for", "Поставлено"), "created_at"),
            Column(Text("Finished", "Закончено"), "finished_at"),
            Column(Text("Message", "Сообщение"), "error"),
        ),
    )


def job_card(session: Session, actor: Actor, job_id: int, *, silence: timedelta) -> dict[str, Any]:
    """One job; NotFound when there is none or the actor may not see it."""
    row = session.execute(_columns(silence).where(Job.id == job_id, seen_jobs(actor))).one_or_none()
    if row is None:
        raise no_job()
    return _item(row, actor)


def require_job(session: Session, actor: Actor, job_id: int) -> Job:
    """The job that the actor may work on: their own, or any for who may. NotFound, Forbidden."""
    job = session.scalars(select(Job).where(Job.id == job_id, seen_jobs(actor))).one_or_none()
    if job is None:
        raise no_job()
    if not _may_work(actor, job.actor):
        raise Forbidden(
            Text("This job is somebody else's.", "Это чужая операция."),
        )
    return job


def refuse_too_many(session: Session, actor: Actor) -> None:
    """Conflict when the actor has as many exports going as one person may."""
    going = select(func.count()).where(Job.actor == actor.name, Job.kind == "export", Job.state.in_(ACTIVE))
    if (session.scalar(going) or 0) >= MOST_EXPORTS:
        raise Conflict(
            Text(
                "You have {n} exports going. Wait for one, or cancel it on the page of jobs.",
                "У вас уже идёт несколько выгрузок ({n}). Дождитесь одной из них или отмените её в «Операциях».",
            ).format(n=MOST_EXPORTS),
            code="too_many",
        )


def no_job() -> NotFound:
    """The refusal for a job that does not exist."""
    return NotFound(Text("There is no such job.", "Такой операции нет."))


def _may_work(actor: Actor, owner: str) -> bool:
    return actor.name == owner or actor.may("job.work")


def _item(row: Row[*tuple[Any, ...]], actor: Actor) -> dict[str, Any]:
    may_work = _may_work(actor, row.actor)
    file = row.result if row.state == "done" and row.kind in FILES else None
    return {
        "id": row.id,
        "kind": row.kind,
        "title": _said(row.title, actor.language),
        "state": row.state,
        "cancel_asked": row.cancel_asked,
        "silent": bool(row.silent),
        "done": row.done,
        "total": row.total,
        "actor": row.actor,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "expires_at": row.expires_at,
        "attempts": row.attempts,
        "error": _said(row.error, actor.language),
        "file": file and {"name": file["file_name"], "size": file["size"], "rows": file["rows"]},
        "import_id": row.params.get("import_id"),
        "may_cancel": may_work and row.state in ACTIVE and not row.cancel_asked,
        "may_repeat": may_work and row.state in ("failed", "cancelled"),
        "may_download": file is not None and row.actor == actor.name,
    }


def _said(text: Mapping[str, str] | None, language: str) -> str | None:
    return None if text is None else text.get(language) or text.get("en")
