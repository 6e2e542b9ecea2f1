"""Cases that cannot go on, and scenarios that fail too often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine import counters
from scenario_engine.engine.frame import local_day
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import Case, NodeCount, Scenario, Version, VersionNode
from scenario_engine.texts import Text

#: a node fails "often" from this share of its cases on, and not before so many of them
FAILING_PERCENT = 10
FAILING_SAMPLE = 20

FAILED = "failed"


def set_aside(session: Session, case_id: int, *, reason: str, now: datetime, home: str) -> None:
    """Take a case out of the work with the reason a person will read; it stays at its node and can be retried."""
    case = session.get_one(Case, case_id, with_for_update=True)
    case.due_at = None
    case.ended_at = now
    case.end_reason = FAILED
    case.error = reason[:500]
    counts = {(case.node_id, counters.FAILED): (1, case.enrolled_overdue)}
    counters.add(session, case.version_id, counts, local_day(now, home))
    audit.record(
        session, at=now, actor="engine", action="case.set_aside", subject_type="case", subject_id=case_id,
        node=case.node_id, version=case.version_id,
    )  # fmt: skip


def retry(session: Session, case_id: int, *, actor: str, now: datetime, home: str) -> None:
    """Let a case that was set aside go on from where it stood. `Conflict` when it was not set aside."""
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
        raise Conflict(Text("The loan is in another scenario by now.", "Заём уже идёт по другому сценарию."))
    case.ended_at = None
    case.end_reason = None
    case.error = None
    case.due_at = now
    counts = {(case.node_id, counters.FAILED): (-1, -case.enrolled_overdue)}
    counters.add(session, case.version_id, counts, local_day(now, home))
    audit.record(session, at=now, actor=actor, action="case.retried", subject_type="case", subject_id=case_id)


def pause_when_failing(session: Session, version_id: int, *, now: datetime) -> bool:
    """Pause the version's scenario when a node failed for too many of its loans; true when it did."""
    failed = (
        select(NodeCount.node_id, func.sum(NodeCount.cases).label("cases"))
        .where(NodeCount.version_id == version_id, NodeCount.port == counters.FAILED)
        .group_by(NodeCount.node_id)
        .subquery()
    )
    entered = (
        select(NodeCount.node_id, func.sum(NodeCount.cases).label("cases"))
        .where(NodeCount.version_id == version_id, NodeCount.port == counters.ENTERED)
        .group_by(NodeCount.node_id)
        .subquery()
    )
    worst = session.execute(
        select(VersionNode.label, failed.c.cases, entered.c.cases)
        .join(failed, failed.c.node_id == VersionNode.id)
        .join(entered, entered.c.node_id == VersionNode.id)
        .where(entered.c.cases >= FAILING_SAMPLE, failed.c.cases * 100 >= entered.c.cases * FAILING_PERCENT)
        .order_by(failed.c.cases.desc())
        .limit(1)
    ).first()
    if worst is None:
        return False
    version = session.get_one(Version, version_id)
    scenario = session.get_one(Scenario, version.scenario_id, with_for_update=True)
    if scenario.state != "live":
        return False
    scenario.state = "paused"
    scenario.pause_reason = (
        f"Шаг «{worst[0]}» не сработал у {worst[1]} из {worst[2]} / "
        f"Step “{worst[0]}” failed for {worst[1]} of {worst[2]}"
    )[:500]
    audit.record(
        session, at=now, actor="engine", action="scenario.paused", subject_type="scenario", subject_id=scenario.id,
        node=worst[0], failed=int(worst[1]), entered=int(worst[2]),
    )  # fmt: skip
    return True
