"""Cases that were set aside go on together when the reason is gone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from scenario_engine.database import Database
from scenario_engine.engine.retries import Retried, retry_group
from scenario_engine.engine.tick import run_tick
from scenario_engine.engine.trouble import set_aside
from scenario_engine.models import AuditEntry, Case, NodeCount
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

ZONE = SETTINGS.time_zone
NEXT_DAY = NOON + timedelta(days=1)


def resting() -> dict[str, object]:
    return a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "rest": ("wait.duration", {"days": 1}),
            "out": ("exit", {}),
        },
        ["in:next>rest", "rest:next>out"],
        reentry={"after_days": 0},
    )


def test_all_cases_of_one_reason_go_on_but_those_whose_loan_is_elsewhere(database: Database) -> None:
    with database.write() as session:
        for _ in range(4):
            a_loan(session, dpd=5, overdue=100_00)
        version = a_live_version(session, resting()).id
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        ids = session.scalars(select(Case.id).order_by(Case.id)).all()
        for number, case_id in enumerate(ids):
            assert set_aside(session, case_id, reason="other" if number == 3 else "same", now=NEXT_DAY, home=ZONE)
        node = session.get_one(Case, ids[0]).node_id
        # the loan of the first has come in again meanwhile
        first = session.get_one(Case, ids[0])
        session.add(
            Case(
                scenario_id=first.scenario_id, version_id=version, loan_id=first.loan_id,
                borrower_id=first.borrower_id, shard=first.shard, track=first.track, node_id=node, entered_at=NEXT_DAY,
                enrolled_at=NEXT_DAY, enrolled_overdue=1, batch_id=1,
            )
        )  # fmt: skip
    group = {"version_id": version, "node_id": node, "error": "same", "actor": "admin", "now": NEXT_DAY, "home": ZONE}
    with database.write() as session:
        assert retry_group(session, **group) == Retried(retried=2, busy=1, unfit=0)
        assert retry_group(session, **group) == Retried(retried=0, busy=1, unfit=0)
    with database.read() as session:
        ends = dict(session.execute(select(Case.id, Case.end_reason).where(Case.id.in_(ids))).all())
        assert [ends[case_id] for case_id in ids] == ["failed", None, None, "failed"]
        failed = select(func.sum(NodeCount.cases)).where(NodeCount.port == "@failed")
        assert session.scalar(failed) == 2
        assert session.scalars(select(AuditEntry.action)).all().count("case.retried") == 1
    run_tick(database, now=NEXT_DAY, settings=SETTINGS, timer=lambda: 0.0, enrol=False)
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Case.end_reason == "exit")) == 2


def test_of_two_cases_of_a_loan_the_newest_goes_on(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        version = a_live_version(session, resting()).id
    for now in (NOON, NEXT_DAY):
        run_tick(database, now=now, settings=SETTINGS, timer=lambda: 0.0)
        with database.write() as session:
            session.execute(
                update(Case).where(Case.ended_at.is_(None)).values(
                    ended_at=now, due_at=None, end_reason="failed", error="same")
            )  # fmt: skip
    with database.write() as session:
        cases = session.scalars(select(Case).where(Case.end_reason == "failed").order_by(Case.id)).all()
        assert len(cases) == 2
        done = retry_group(
            session, version_id=version, node_id=cases[0].node_id, error="same", actor="admin", now=NEXT_DAY, home=ZONE
        )
        assert done == Retried(retried=1, busy=1, unfit=0)
        assert [case.ended_at for case in cases] != [None, None]
    with database.read() as session:
        assert session.scalars(select(Case.end_reason).order_by(Case.id)).all() == ["failed", None]
