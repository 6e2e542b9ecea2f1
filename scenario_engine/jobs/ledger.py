"""The rows of jobs: every change of state is one conditional update, so two who want the same row never both get it.

Whether a worker still lives is judged by the database's own clock, which also writes its signs of life: a process whose
clock jumped takes nobody's job. Every other moment is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy import ColumnElement, Float, and_, delete, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Halted, NotFound
from scenario_engine.models import Job
from scenario_engine.models.job import ACTIVE
from scenario_engine.sql import database_now, shift_instant
from scenario_engine.texts import Text

#: what an ended job may be begun again from
_REPEATABLE = ("failed", "cancelled")


class Lost(Halted):
    """Another worker has the job by now, or it has ended: nothing may be written for it any more."""


class Asked(TypedDict):
    """What somebody wants done."""

    title: Text
    params: Mapping[str, Any]
    actor: str
    now: datetime
    #: no two jobs with the same key are active at once
    key: NotRequired[str | None]
    #: goes into its audit entry; None: no entry
    noted: NotRequired[Mapping[str, Any] | None]


def submit(session: Session, kind: str, **asked: Unpack[Asked]) -> Job:
    """A new job, queued. Conflict while its key is active already."""
    now, actor, noted = asked["now"], asked["actor"], asked.get("noted")
    job = Job(
        kind=kind, title=asked["title"]._asdict(), params=dict(asked["params"]), key=asked.get("key"), state="queued",
        actor=actor, created_at=now, sent_at=database_now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError as error:
        raise Conflict(
            Text("This is being done at this moment.", "Это как раз выполняется."), code="job_going"
        ) from error
    if noted is not None:
        note(session, job, "job.queued", actor, now, **noted)
    return job


def find(session: Session, job_id: int) -> Job:
    """The job; NotFound when there is none."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFound(Text("There is no such job.", "Такой операции нет."))
    return job


def is_active(session: Session, key: str) -> bool:
    """Whether a job with that key waits or runs."""
    return session.scalar(select(Job.id).where(Job.key == key, Job.state.in_(ACTIVE)).limit(1)) is not None


def claim(session: Session, job_id: int, *, worker: str, now: datetime, silence: timedelta) -> Job | None:
    """The job, running from now on with `worker` as its only one; None when it is not free."""
    claimed = session.scalars(
        update(Job)
        .where(Job.id == job_id, _is_free(silence))
        .values(
            state="running", worker=worker, heartbeat_at=database_now(), attempts=Job.attempts + 1, done=0, total=None,
            started_at=now,
        )
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )  # fmt: skip
    return claimed.one_or_none()


def is_silent(silence: timedelta) -> ColumnElement[bool]:
    """Over `Job`: it runs, and its worker gave no sign of life for so long. One from the future was written before the
    database's clock was put back.
    """
    beat = Job.heartbeat_at
    return and_(Job.state == "running", or_(beat < _ago(silence), beat > _ago(-silence)))


def _is_free(silence: timedelta) -> ColumnElement[bool]:
    """Over `Job`: nobody works on it."""
    return or_(Job.state == "queued", is_silent(silence))


def _ago(span: timedelta) -> ColumnElement[datetime]:
    return shift_instant(database_now(), literal(-span.total_seconds(), Float()))


def is_anything_free(session: Session, *, silence: timedelta) -> bool:
    """Whether `take_free` would find something; takes no lock."""
    return session.scalar(select(Job.id).where(_is_untold(silence)).limit(1)) is not None


def take_free(session: Session, *, silence: timedelta) -> Sequence[int]:
    """Ids of free jobs that no worker was told of lately, the oldest first; they count as told from now on."""
    told = session.scalars(
        update(Job)
        .where(_is_untold(silence))
        .values(sent_at=database_now())
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(told)


def _is_untold(silence: timedelta) -> ColumnElement[bool]:
    return and_(
        _is_free(silence), or_(Job.sent_at.is_(None), Job.sent_at < _ago(silence), Job.sent_at > _ago(-silence))
    )


def untell(session: Session, job_id: int) -> None:
    """The queue could not be reached: the next look finds the job again."""
    session.execute(update(Job).where(Job.id == job_id, Job.state == "queued").values(sent_at=None))


def beat(session: Session, job: Job, *, done: int, total: int | None) -> bool:
    """A sign of life with the progress; gives whether the job is to be cancelled. Raises `Lost`."""
    said = _mine(job).values(heartbeat_at=database_now(), done=done, total=total).returning(Job.cancel_asked)
    asked = session.scalar(said)
    if asked is None:
        raise Lost
    return bool(asked)


def look(session: Session, job: Job) -> bool:
    """Whether the job is to be cancelled, without writing. Raises `Lost`."""
    asked = session.scalar(select(Job.cancel_asked).where(*_is_mine(job)))
    if asked is None:
        raise Lost
    return asked


def end(
    session: Session,
    job: Job,
    state: str,
    *,
    now: datetime,
    kept: timedelta,
    result: Mapping[str, Any] | None = None,
    error: Text | None = None,
) -> Job:
    """Write the end of a running job down; gives its row. Raises `Lost`, and nothing is written then."""
    values = {
        "state": state,
        "finished_at": now,
        "expires_at": now + kept,
        "result": None if result is None else dict(result),
        "error": None if error is None else error._asdict(),
    }
    ended: Job | None = session.scalars(
        _mine(job).values(**values).returning(Job).execution_options(populate_existing=True)
    ).one_or_none()
    if ended is None:
        raise Lost
    return ended


def hand_back(session: Session, job: Job) -> None:
    """Let somebody else go on, at once: this process ends. Does not count as an attempt."""
    session.execute(_mine(job).values(state="queued", worker=None, sent_at=None, attempts=Job.attempts - 1))


def _is_mine(job: Job) -> tuple[ColumnElement[bool], ...]:
    return (Job.id == job.id, Job.state == "running", Job.worker == job.worker, Job.attempts == job.attempts)


def _mine(job: Job) -> Any:
    return update(Job).where(*_is_mine(job)).execution_options(synchronize_session=False)


def ask_to_cancel(session: Session, job_id: int, *, actor: str, now: datetime) -> Job:
    """End a queued job now, and have a running one end at its next step. Conflict when it has ended already.

    The caller concludes a job that comes back as cancelled.
    """
    values = {"cancel_asked": True}
    session.execute(update(Job).where(Job.id == job_id, Job.state == "running").values(**values))
    session.execute(update(Job).where(Job.id == job_id, Job.state == "queued").values(**values, state="cancelled"))
    job = find(session, job_id)
    if job.state not in ("running", "cancelled") or job.finished_at is not None:
        raise Conflict(Text("This job has ended already.", "Эта операция уже закончилась."), code="job_ended")
    note(session, job, "job.cancelled", actor, now)
    return job


def queue_again(session: Session, job_id: int, *, actor: str, now: datetime) -> Job:
    """Have a failed or cancelled job done once more. Conflict for any other, and while its key is active."""
    job = find(session, job_id)
    if job.state not in _REPEATABLE:
        raise Conflict(
            Text(
                "Only a job that failed or was cancelled can be started again.",
                "Запустить снова можно только операцию, которая прервалась ошибкой или отменена.",
            ),
            code="job_state",
        )
    again = {
        "state": "queued", "cancel_asked": False, "attempts": 0, "done": 0, "total": None, "worker": None,
        "sent_at": database_now(), "heartbeat_at": None, "finished_at": None, "expires_at": None, "error": None,
        "result": None,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(update(Job).where(Job.id == job_id, Job.state.in_(_REPEATABLE)).values(**again))
    except IntegrityError as error:
        raise Conflict(
            Text("This is being done at this moment.", "Это как раз выполняется."), code="job_going"
        ) from error
    note(session, job, "job.repeated", actor, now)
    return find(session, job_id)


def expired(session: Session, now: datetime) -> Sequence[Job]:
    """Ended jobs whose time is over."""
    return session.scalars(select(Job).where(Job.expires_at < now).order_by(Job.expires_at).limit(1000)).all()


def note(session: Session, job: Job, action: str, actor: str, now: datetime, **details: Any) -> None:
    """An audit entry about the job."""
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="job", subject_id=job.id, kind=job.kind, **details
    )


def remove(session: Session, job_ids: Sequence[int]) -> None:
    """Delete the rows of ended jobs."""
    session.execute(delete(Job).where(Job.id.in_(job_ids), Job.state.not_in(ACTIVE)))
