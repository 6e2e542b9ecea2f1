"""Cases that cannot go on, and scenarios that fail too often."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine import counters
from scenario_engine.engine.frame import local_day
from scenario_engine.models import Batch, Case, PathHop, Scenario, Trail, Version, VersionNode
from scenario_engine.texts import Text

#: a node fails "often" from this share of its loans on, and not before so many of them
FAILING_PERCENT = 10
FAILING_SAMPLE = 20
FAILING_WINDOW = timedelta(days=1)

FAILED = "failed"


def set_aside(session: Session, case_id: int, *, reason: str, now: datetime, home: str) -> bool:
    """Take a case out of the work with the reason a person will read; it stays at its node and can be retried.

    False, and nothing is written, when it is no longer due: another engine, or a payment, was faster.
    """
    case = session.get_one(Case, case_id, with_for_update=True)
    if case.ended_at is not None or case.due_at is None or case.due_at > now:
        return False
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
    return True


#: cases that one transaction sets aside
_MOST_ASIDE = 1000


def put_down(session: Session, version_id: int, cause: Text, *, now: datetime, home: str) -> int:
    """Stop a version that this program cannot work, for the reason that people will read.

    The live version's scenario is paused and its cases stay due. A version that another has replaced cannot hold that
    one up: some of its due cases are set aside. Gives how many; call again until none is left.
    """
    version = session.get_one(Version, version_id)
    scenario = session.get_one(Scenario, version.scenario_id, with_for_update={"key_share": True})
    if scenario.state != "live":
        return 0
    if scenario.live_version_id == version_id:
        pause(session, scenario, cause, now=now, version=version.number, reason=cause.en)
        return 0
    found = session.execute(
        select(Case.id, Case.node_id, Case.enrolled_overdue)
        .where(Case.version_id == version_id, Case.due_at <= now)
        .order_by(Case.id)
        .limit(_MOST_ASIDE)
        .with_for_update(skip_locked=True)
    ).all()
    if not found:
        return 0
    counts: dict[tuple[int, str], tuple[int, int]] = {}
    for row in found:
        cases, amount = counts.get((row.node_id, counters.FAILED), (0, 0))
        counts[row.node_id, counters.FAILED] = (cases + 1, amount + row.enrolled_overdue)
    session.execute(
        update(Case)
        .where(Case.id.in_([row.id for row in found]))
        .values(due_at=None, ended_at=now, end_reason=FAILED, error=" / ".join(cause)[:500])
        .execution_options(synchronize_session=False)
    )
    counters.add(session, version_id, counts, local_day(now, home))
    audit.record(
        session, at=now, actor="engine", action="case.set_aside", subject_type="version", subject_id=version_id,
        cases=len(found), reason=cause.en,
    )  # fmt: skip
    return len(found)


def pause_when_failing(session: Session, version_id: int, *, now: datetime) -> bool:
    """Pause the version's scenario when a node fails for too many of its loans; true when it is paused.

    Counted are distinct loans of the last day, or since the scenario went live: those set aside at the node, against
    those, the ones that left it, and at an entry those that have just come in. A loan that was retried and failed again
    is one loan, one that went on is none.
    """
    version = session.get_one(Version, version_id)
    scenario = session.get_one(Scenario, version.scenario_id, with_for_update={"key_share": True})
    if scenario.state != "live":
        return scenario.state == "paused"
    since = max(now - FAILING_WINDOW, scenario.live_since or now - FAILING_WINDOW)
    failed = session.execute(
        select(Case.node_id, func.count(Case.loan_id.distinct()))
        .where(Case.version_id == version_id, Case.end_reason == FAILED, Case.ended_at >= since)
        .group_by(Case.node_id)
        .order_by(func.count(Case.loan_id.distinct()).desc())
    ).all()
    for node_id, loans in failed:
        if loans * 100 < FAILING_SAMPLE * FAILING_PERCENT:
            return False  # and so are all that follow
        tried = loans + _left(session, version_id, node_id, since) + _at_entry(session, version_id, node_id, now)
        if tried >= FAILING_SAMPLE and loans * 100 >= tried * FAILING_PERCENT:
            label = session.scalar(select(VersionNode.label).where(VersionNode.id == node_id)) or "?"
            cause = Text(
                "The engine paused it: the step “{node}” failed for {failed} of {tried} loans.",
                "Движок остановил сценарий: шаг «{node}» не сработал у {failed} займов из {tried}.",
            ).format(node=label, failed=loans, tried=tried)
            pause(session, scenario, cause, now=now, node=label, failed=loans, tried=tried)
            return True
    return False


def _left(session: Session, version_id: int, node_id: int, since: datetime) -> int:
    """Distinct loans that left the node since then and are not set aside at it."""
    batches = select(Batch.id).where(Batch.version_id == version_id, Batch.at >= since)
    through = select(PathHop.path_id).where(PathHop.node_id == node_id, PathHop.port.is_not(None))
    failed = select(Case.loan_id).where(
        Case.version_id == version_id, Case.node_id == node_id, Case.end_reason == FAILED, Case.ended_at >= since
    )
    return (
        session.scalar(
            select(func.count(Case.loan_id.distinct()))
            .select_from(Trail)
            .join(Case, Case.id == Trail.case_id)
            .where(Trail.batch_id.in_(batches), Trail.path_id.in_(through), Case.loan_id.not_in(failed))
        )
        or 0
    )


def _at_entry(session: Session, version_id: int, node_id: int, now: datetime) -> int:
    """Loans that an entry has let in and that move at this tick; 0 at any other node, where cases may wait long."""
    entry = exists().where(VersionNode.id == node_id, VersionNode.type.like("entry.%"))
    here = select(func.count(Case.loan_id.distinct())).where(
        Case.version_id == version_id, Case.node_id == node_id, Case.due_at <= now, entry
    )
    return session.scalar(here) or 0


def pause(session: Session, scenario: Scenario, cause: Text, *, now: datetime, **details: object) -> None:
    """Pause a live scenario by the engine's own decision; `cause` is what people read."""
    scenario.state = "paused"
    scenario.pause_cause = cause._asdict()
    audit.record(
        session, at=now, actor="engine", action="scenario.paused", subject_type="scenario", subject_id=scenario.id,
        **details,
    )  # fmt: skip
