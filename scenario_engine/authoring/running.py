"""Scenarios that run: paused, resumed, put away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scenario_engine.authoring.found import lock_scenario, must_be, must_not_be, note, read_text
from scenario_engine.engine import paths
from scenario_engine.engine.events import end_cases
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.workable import must_be_workable
from scenario_engine.models import Batch, Case, Scenario, Version
from scenario_engine.registry import rowsets

MAX_REASON = 500


def pause(session: Session, scenario_id: int, *, reason: str, actor: str, now: datetime) -> Scenario:
    """Stop a live scenario where it stands: no enrolment, no steps, nothing sent. Raises `Conflict`, `Invalid`."""
    scenario = lock_scenario(session, scenario_id)
    must_be(scenario, "live")
    scenario.pause_reason = read_text(reason, MAX_REASON)
    scenario.state = "paused"
    note(session, "scenario.paused", scenario, actor, now, reason=scenario.pause_reason)
    session.flush()
    return scenario


def resume(session: Session, scenario_id: int, *, actor: str, now: datetime) -> Scenario:
    """Let a paused scenario go on. Raises `Conflict`, and `Unworkable` when its version no longer works."""
    scenario = lock_scenario(session, scenario_id)
    must_be(scenario, "paused")
    must_be_workable(session.get_one(Version, scenario.live_version_id))
    scenario.state, scenario.pause_reason, scenario.pause_cause = "live", None, None
    scenario.live_since = now
    note(session, "scenario.resumed", scenario, actor, now)
    session.flush()
    return scenario


def archive(session: Session, scenario_id: int, *, actor: str, now: datetime, time_zone: str) -> int:
    """Put a scenario away for good: its active cases end, with their messages, tasks and offers; how many ended.

    A version under review is returned. `time_zone` is the portfolio's. Raises `Conflict` when it is archived already.
    """
    scenario = lock_scenario(session, scenario_id)
    must_not_be(scenario, "archived")
    day = local_day(now, time_zone).isoformat()
    batch = Batch(kind="archive", version_id=scenario.live_version_id, at=now, day=day)
    session.add(batch)
    session.flush()
    rowsets.lock_loans(session, select(Case.loan_id).where(Case.scenario_id == scenario.id, Case.ended_at.is_(None)))
    ended = end_cases(
        session,
        Case.scenario_id == scenario.id,
        port=paths.STOPPED,
        batch_id=batch.id,
        now=now,
        day=day,
    )
    batch.cases = ended
    session.execute(
        update(Version)
        .where(Version.scenario_id == scenario.id, Version.state == "submitted")
        .values(state="returned", reviewed_by=actor, reviewed_at=now)
        .execution_options(synchronize_session=False)
    )
    scenario.state, scenario.pause_reason, scenario.pause_cause = "archived", None, None
    note(session, "scenario.archived", scenario, actor, now, ended_cases=ended)
    session.flush()
    session.expire_all()
    return ended
