"""Entries whose rule fails on some loans: those are set aside with the reason, and the others are enrolled."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Failure, failure_of
from scenario_engine.engine import counters
from scenario_engine.engine.enrolment import free_for, set_aside_at_entries
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.step import Step
from scenario_engine.engine.trouble import FAILED, FAILING_PERCENT, FAILING_SAMPLE
from scenario_engine.models import Batch, Case, Loan, VersionNode
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

#: ranges of loans that are halved all together; beyond it one after another, so that no more are kept in mind
_WIDE = 64

_GAVE_UP = Text(
    "The entry “{node}” failed for {failed} loans, which were set aside; the rest was not tried.",
    "Вход «{node}» не сработал у {failed} займов, они отложены; остальные займы не проверялись.",
)

#: enrols the loans that a condition names (None: all), carefully or not; how many cases that made
Enrol = Callable[[ColumnElement[bool] | None, bool], int]


def enrol_apart(
    session: Session, plan: Plan, entry: str, enrol: Enrol, loans: Select[int], *, now: datetime, batch_id: int,
    home: str, most: int | None = None,
) -> int:  # fmt: skip
    """All that `enrol` makes of the loans; how many cases that made. When a rule fails on some of them, those become
    cases that are set aside, and the others are enrolled. `entry` is the type of the entries.

    It gives up, and the batch says so, when the rule fails for so many that the scenario is to be paused, or for
    `most`.
    """
    known = session.scalar(set_aside_at_entries(plan).limit(1)) is not None
    for careful in (True,) if known else (False, True):
        try:
            with session.begin_nested():
                return enrol(None, careful)
        except DBAPIError as error:
            if failure_of(error) is not Failure.DATA:
                raise
            log.warning("an entry of version %s fails, looking for the loan: %s", plan.version_id, error.orig)
    step = next(step for step in plan.steps if step.type.key == entry)
    ranges = _Ranges(session, loans)
    enrolled = failing = 0
    while ranges:
        low, high = ranges.take()
        try:
            with session.begin_nested():
                enrolled += enrol(and_(Loan.id >= low, Loan.id <= high), True)
        except DBAPIError as error:
            if failure_of(error) is not Failure.DATA:
                raise
            if low < high:
                ranges.halve(low, high)
                continue
            failing += 1
            enrolled += _refuse(session, plan, step, low, str(error.orig), now=now, batch_id=batch_id, home=home)
            often = failing >= FAILING_SAMPLE and failing * 100 >= max(enrolled, failing) * FAILING_PERCENT
            if ranges and (often or failing == most):
                _give_up(session, step, failing, batch_id)
                break
    return enrolled


class _Ranges:
    """Ranges of ids that are to be tried. The largest come first, so most of what can be enrolled is enrolled before
    the first loan stands alone, and the share of those that fail is not judged by the first ones.
    """

    def __init__(self, session: Session, loans: Select[int]) -> None:
        ids = loans.subquery().c[0]
        low, high = session.execute(select(func.min(ids), func.max(ids))).one()
        self._waiting = deque([] if low is None else [(int(low), int(high))])

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self) -> tuple[int, int]:
        return self._waiting.popleft() if len(self._waiting) < _WIDE else self._waiting.pop()

    def halve(self, low: int, high: int) -> None:
        middle = (low + high) // 2
        self._waiting += [(middle + 1, high), (low, middle)]


def _give_up(session: Session, step: Step, failing: int, batch_id: int) -> None:
    label = session.scalar(select(VersionNode.label).where(VersionNode.id == step.id)) or step.key
    said = _GAVE_UP.format(node=label, failed=failing)
    log.warning("%s", said.en)
    session.execute(update(Batch).where(Batch.id == batch_id).values(error=" / ".join(said)[:500]))


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
