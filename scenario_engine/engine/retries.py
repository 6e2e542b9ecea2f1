"""Cases that were set aside and go on when a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from scenario_engine import audit
from scenario_engine.database import Failure, failure_of
from scenario_engine.engine import counters
from scenario_engine.engine.enrolment import wanted_by_entry
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.trouble import FAILED
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import Case, Loan
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Retried:
    """How many cases of a group went on, and why others did not."""

    retried: int
    #: their loan is in another scenario of the track by now
    busy: int
    #: they stopped at an entry whose rule their loan does not fit now
    unfit: int


def retry(session: Session, case_id: int, *, actor: str, now: datetime, home: str) -> None:
    """Let a case that was set aside go on from where it stood; at an entry the entry's rule is asked first.

    `Conflict` when it was not set aside, when its loan is in another scenario by now, and when the entry's rule does
    not hold or fails again.
    """
    loan = select(Case.loan_id).where(Case.id == case_id).scalar_subquery()
    session.execute(select(Loan.id).where(Loan.id == loan).with_for_update(key_share=True))
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound(Text("There is no case {id}.", "Нет дела {id}.").format(id=case_id))
    if case.end_reason != FAILED:
        raise Conflict(
            Text(
                "This case was not set aside; there is nothing to retry.",
                "Это дело не было отложено, повторять нечего.",
            )
        )
    other = session.scalar(
        select(Case.id).where(Case.loan_id == case.loan_id, Case.track == case.track, Case.ended_at.is_(None))
    )
    if other is not None:
        raise Conflict(Text("The loan is in another scenario by now.", "Займ уже идёт по другому сценарию."))
    fits = wanted_by_entry(session, case.version_id, case.node_id, select(loan), now=now, home=home)
    with _of_the_rule(session):
        if fits is not None and session.scalar(fits) is None:
            raise Conflict(
                Text(
                    "The loan does not fit the entry's rule now, so the case stays set aside.",
                    "Сейчас займ не подходит под условие входа, поэтому дело остаётся отложенным.",
                )
            )
    case.ended_at = None
    case.end_reason = None
    case.error = None
    case.due_at = now
    counts = {(case.node_id, counters.FAILED): (-1, -case.enrolled_overdue)}
    counters.add(session, case.version_id, counts, local_day(now, home))
    audit.record(session, at=now, actor=actor, action="case.retried", subject_type="case", subject_id=case_id)


def retry_group(
    session: Session, *, version_id: int, node_id: int, error: str, actor: str, now: datetime, home: str
) -> Retried:
    """Let all cases go on that were set aside at a node for the same reason, as far as they may, see `retry`.

    `Conflict`, and none goes on, when the rule of their entry fails for one of them again.
    """
    case, other = Case.__table__.alias("stopped"), aliased(Case)
    group = and_(case.c.end_reason == FAILED, case.c.version_id == version_id, case.c.node_id == node_id,
                 func.coalesce(case.c.error, "") == error)  # fmt: skip
    loans = select(case.c.loan_id).where(group)
    session.execute(select(Loan.id).where(Loan.id.in_(loans)).order_by(Loan.id).with_for_update(key_share=True))
    busy = exists(
        select(other.id).where(
            other.loan_id == case.c.loan_id, other.track == case.c.track,
            or_(other.ended_at.is_(None),
                and_(other.end_reason == FAILED, other.version_id == version_id, other.node_id == node_id,
                     func.coalesce(other.error, "") == error, other.id > case.c.id)),
        )
    )  # fmt: skip
    stopped = session.scalar(select(func.count()).select_from(case).where(group)) or 0
    free = select(case.c.id, case.c.enrolled_overdue).where(group, ~busy)
    found, _ = _sums(session, free)
    fits = wanted_by_entry(session, version_id, node_id, loans, now=now, home=home)
    if fits is not None:
        free = free.where(case.c.loan_id.in_(fits))
    with _of_the_rule(session):
        cases, amount = _sums(session, free)
    session.execute(
        update(Case)
        .where(Case.id.in_(select(free.subquery().c.id)))
        .values(ended_at=None, end_reason=None, error=None, due_at=now)
        .execution_options(synchronize_session=False)
    )
    counters.add(session, version_id, {(node_id, counters.FAILED): (-cases, -amount)}, local_day(now, home))
    if cases:
        audit.record(
            session, at=now, actor=actor, action="case.retried", subject_type="version", subject_id=version_id,
            node=node_id, cases=cases,
        )  # fmt: skip
    return Retried(retried=cases, busy=stopped - found, unfit=found - cases)


def _sums(session: Session, free: Select[tuple[int, int]]) -> tuple[int, int]:
    rows = free.subquery()
    cases, amount = session.execute(select(func.count(), func.coalesce(func.sum(rows.c.enrolled_overdue), 0))).one()
    return int(cases), int(amount)


@contextmanager
def _of_the_rule(session: Session) -> Iterator[None]:
    """Around statements that ask an entry's rule: when it fails, nothing was changed and the person is told why."""
    try:
        with session.begin_nested():
            yield
    except DBAPIError as failed:
        if failure_of(failed) is not Failure.DATA:
            raise
        raise Conflict(
            Text(
                "The entry's rule still fails: {error}. Mend the rule or the loan's data first.",
                "Условие входа по-прежнему даёт ошибку: {error}. Сначала исправьте условие или данные займа.",
            ).format(error=str(failed.orig).strip()[:300])
        ) from failed
