"""The leader's look at the registry for one scenario."""

from __future__ import annotations

from sqlalchemy import func, select

from scenario_engine.engine import enrolment
from scenario_engine.engine.advance import Run, close_batch, open_batch, prepare
from scenario_engine.engine.entries import enrol_apart
from scenario_engine.engine.trouble import pause_when_failing
from scenario_engine.models import Loan, Scenario

#: loans that one look sets aside; the next one goes on
MOST_APART = 500
#: key of PostgreSQL's advisory lock for the look ("look"): with two at once, a less urgent scenario could come first
_LOOK_LOCK = 0x6C6F6F6B


def look_for(run: Run, scenario_id: int, version_id: int) -> int | None:
    """Make cases of the loans that a scenario's entries by segment want; how many. None while another engine looks."""
    return run.attempts.make(lambda: _look_for(run, scenario_id, version_id))


def _look_for(run: Run, scenario_id: int, version_id: int) -> int | None:
    began = run.timer()
    with run.database.write() as session:
        if run.database.dialect == "postgresql" and not session.scalar(
            select(func.pg_try_advisory_xact_lock(_LOOK_LOCK))
        ):
            return None
        # NO KEY: cases of this scenario may be written meanwhile, by a signal or as a sub-scenario
        scenario = session.scalar(select(Scenario).where(Scenario.id == scenario_id).with_for_update(key_share=True))
        if scenario is None or scenario.state != "live" or scenario.live_version_id != version_id:
            return 0
        plan = prepare(run, session, version_id).plan
        batch = open_batch(run, session, "enrol", version_id)
        home = run.settings.time_zone
        cases = enrol_apart(
            session,
            plan,
            "entry.segment",
            lambda only, careful: enrolment.enrol_segments(
                session, plan, now=run.now, batch_id=batch.id, home=home, only=only, careful=careful
            ),
            select(Loan.id).where(Loan.state == "open"),
            now=run.now,
            batch_id=batch.id,
            home=home,
            most=MOST_APART,
        )
        scenario.enrolled_at = run.now
        if cases:
            close_batch(run, session, batch, cases=cases, began=began, action="engine.enrolled")
        else:
            session.delete(batch)
        pause_when_failing(session, version_id, now=run.now)
    return cases
