"""Entries whose rule fails on some loans: those are set aside with the reason, and the others are enrolled."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Failure, failure_of
from scenario_engine.engine import counters
from scenario_engine.engine.enrolment import free_for
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.step import Step
from scenario_engine.engine.trouble import FAILED
from scenario_engine.models import Case, Loan

log = logging.getLogger(__name__)

#: after so many loans the rule itself is taken to be wrong
MOST_FAILING = 20

Enrol = Callable[[ColumnElement[bool] | None], int]


def enrol_apart(
    session: Session, plan: Plan, entry: str, enrol: Enrol, loans: Select[int], *, now: datetime, batch_id: int,
    home: str,
) -> int:  # fmt: skip
    """All that `enrol` makes of the loans; how many cases that made. When a rule fails on some of them, those become
    cases that are set aside, and the others are enrolled. `entry` is the type of the entries.

    Raises the error when the rule fails on more than `MOST_FAILING`.
    """
    try:
        with session.begin_nested():
            return enrol(None)
    except DBAPIError as error:
        if failure_of(error) is not Failure.DATA:
            raise
        log.warning("an entry of version %s fails, looking for the loan: %s", plan.version_id, error.orig)
    known = loans.subquery()
    ids = known.c[0]
    low, high = session.execute(select(func.min(ids), func.max(ids))).one()
    ranges = [] if low is None else [(low, high)]
    enrolled = failing = 0
    while ranges:
        low, high = ranges.pop()
        try:
            with session.begin_nested():
                enrolled += enrol(and_(Loan.id >= low, Loan.id <= high))
        except DBAPIError as error:
            if failure_of(error) is not Failure.DATA or failing >= MOST_FAILING:
                raise
            if low < high:
                middle = (low + high) // 2
                ranges += [(middle + 1, high), (low, middle)]
                continue
            failing += 1
            step = next(step for step in plan.steps if step.type.key == entry)
            enrolled += _refuse(session, plan, step, low, str(error.orig), now=now, batch_id=batch_id, home=home)
    return enrolled


def _refuse(
    session: Session, plan: Plan, step: Step, loan_id: int, reason: str, *, now: datetime, batch_id: int, home: str
) -> bool:
    """A case that is set aside at the entry; false when the loan was not free for it anyway."""
    loan = session.scalar(select(Loan).where(Loan.id == loan_id, free_for(plan, now)))
    if loan is None:
        return False
    case = Case(
        scenario_id=plan.scenario_id, version_id=plan.version_id, loan_id=loan.id, borrower_id=loan.borrower_id,
        shard=loan.shard, track=plan.document.settings.track, node_id=step.id, entered_at=now, enrolled_at=now,
        enrolled_overdue=loan.overdue, batch_id=batch_id, ended_at=now, end_reason=FAILED, error=reason[:500],
    )  # fmt: skip
    session.add(case)
    session.flush()
    one = (1, loan.overdue)
    counters.add(
        session,
        plan.version_id,
        {(step.id, counters.ENTERED): one, (step.id, counters.FAILED): one},
        local_day(now, home),
    )
    audit.record(
        session, at=now, actor="engine", action="case.set_aside", subject_type="case", subject_id=case.id,
        node=step.id, version=plan.version_id,
    )  # fmt: skip
    return True
