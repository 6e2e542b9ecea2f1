"""A tick moves every due case as its version says, and counts what it did."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Case, Trail
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule


def tick(database: Database, days: float = 0, **options: object) -> TickResult:
    return run_tick(database, now=NOON + timedelta(days=days), settings=SETTINGS, timer=lambda: 0.0, **options)  # type: ignore[arg-type]


WAIT_AND_ASK = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "rest": ("wait.duration", {"days": 3}),
        "ask": ("condition", {"rule": overdue_rule(30)}),
        "old": ("exit", {"reason": "old"}),
        "young": ("exit", {"reason": "young"}),
    },
    ["in:next>rest", "rest:next>ask", "ask:yes>old", "ask:no>young"],
)


def test_overdue_loans_are_enrolled_and_rest_at_the_wait(database: Database) -> None:
    with database.write() as session:
        late = a_loan(session, dpd=5, overdue=100_00)
        a_loan(session, dpd=0)
        a_live_version(session, WAIT_AND_ASK)
        late_id = late.id
    result = tick(database)
    assert (result.enrolled, result.advanced, result.ended) == (1, 1, 0)
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert case.loan_id == late_id
        assert case.due_at == NOON + timedelta(days=3)


def test_nothing_moves_before_its_time_and_then_each_goes_its_way(database: Database) -> None:
    with database.write() as session:
        for dpd in (5, 40, 50):
            a_loan(session, dpd=dpd, overdue=100_00)
        a_live_version(session, WAIT_AND_ASK)
    tick(database)
    assert tick(database, 2).advanced == 0
    result = tick(database, 3)
    assert (result.advanced, result.ended) == (3, 3)
    with database.read() as session:
        assert sorted(session.scalars(select(Case.end_reason))) == ["exit", "exit", "exit"]
        seen = session.scalars(select(Trail.seen).where(Trail.seen.like('%"ask"%'))).all()
        assert len(seen) == 3
