"""What happens to a loan changes its cases in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.events import Reaction, react
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Attribution, AuditEntry, Case, Loan, Payment, Signal, Trail
from scenario_engine.stats.numbers import version_numbers
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.engine.test_tick import WAIT_AND_ASK

ZONE = SETTINGS.time_zone


def pay_off(session: Session, loan: Loan, at: datetime, amount: int = 100_00) -> Reaction:
    payment = Payment(
        external_id=f"P-{loan.id}-{at.timestamp()}", loan_id=loan.id, amount=amount, paid_at=at, recorded_at=at,
        source="api",
    )  # fmt: skip
    session.add(payment)
    loan.overdue, loan.dpd, loan.bucket = 0, 0, "current"
    session.flush()
    for kind in ("payment_received", "overdue_paid"):
        session.add(
            Signal(key=f"{kind}-{payment.id}", loan_id=loan.id, kind=kind, at=at, source="api", payment_id=payment.id)
        )
    session.flush()
    return react(session, now=at, time_zone=ZONE)


def test_a_payment_that_cures_ends_the_case_at_once_and_is_attributed(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        other = a_loan(session, dpd=5, overdue=100_00)
        version = a_live_version(session, WAIT_AND_ASK)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    paid_at = NOON + timedelta(days=1)
    with database.write() as session:
        reaction = pay_off(session, session.get_one(Loan, loan.id), paid_at)
    assert reaction.ended_cases == 1
    with database.read() as session:
        cured = session.scalars(select(Case).where(Case.loan_id == loan.id)).one()
        going = session.scalars(select(Case).where(Case.loan_id == other.id)).one()
        assert (cured.end_reason, cured.due_at, cured.ended_at) == ("cured", None, paid_at)
        assert going.ended_at is None
        assert session.scalar(select(func.count()).select_from(Trail).where(Trail.case_id == cured.id)) == 2
        assert session.scalar(select(func.count()).select_from(Attribution)) == 2
        today = paid_at.date()
        numbers = version_numbers(
            session, version.id, date_from=NOON.date(), date_to=today, now=paid_at, time_zone=ZONE
        )
        rest = numbers["nodes"]["rest"]
        assert (rest["entered"], rest["here"], rest["left"], rest["failed"]) == (2, 1, 1, 0)
        assert rest["ports"] == {"cured": {"cases": 1, "amount": 100_00}}
        second_day = version_numbers(session, version.id, date_from=today, date_to=today, now=paid_at, time_zone=ZONE)
        rest_then = second_day["nodes"]["rest"]
        assert [rest_then[name] for name in ("before", "entered", "here", "left", "failed")] == [2, 0, 1, 1, 0]
        first_day = version_numbers(
            session, version.id, date_from=NOON.date(), date_to=NOON.date(), now=paid_at, time_zone=ZONE
        )
        rest_before = first_day["nodes"]["rest"]
        assert [rest_before[name] for name in ("before", "entered", "here", "left", "failed")] == [0, 2, 2, 0, 0]
        assert (rest["paid_cases"], rest["paid_amount"]) == (1, 100_00)
        assert numbers["totals"] == {"entered": 2, "active": 1, "ended": 1, "paid_cases": 1, "paid_amount": 100_00}
        assert session.scalars(select(AuditEntry.action)).all().count("engine.signals") == 1


def test_a_signal_is_handled_once(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, WAIT_AND_ASK)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        pay_off(session, session.get_one(Loan, loan.id), NOON + timedelta(days=1))
        assert react(session, now=NOON + timedelta(days=1), time_zone=ZONE) == Reaction()


def test_a_signal_enrols_the_loans_its_entry_wants(database: Database) -> None:
    document = a_document(
        {
            "in": ("entry.signal", {"signal_kind": "promise_broken", "rule": overdue_rule(10)}),
            "out": ("exit", {"reason": "done"}),
        },
        ["in:next>out"],
    )
    with database.write() as session:
        wanted, early = (a_loan(session, dpd=dpd, overdue=100_00) for dpd in (20, 3))
        a_live_version(session, document)
        for loan in (wanted, early):
            session.add(
                Signal(key=f"broken-{loan.id}", loan_id=loan.id, kind="promise_broken", at=NOON, source="registry")
            )
        session.flush()
        assert react(session, now=NOON, time_zone=ZONE).enrolled == 1
    with database.read() as session:
        assert session.scalars(select(Case.loan_id)).all() == [wanted.id]


def test_a_parent_goes_on_when_a_payment_ends_its_sub_scenario(database: Database) -> None:
    child = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(500)}),
            "rest": ("wait.duration", {"days": 9}),
            "out": ("exit", {}),
        },
        ["in:next>rest", "rest:next>out"],
    )
    parent = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sub": ("sub_scenario", {"scenario": "child"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>sub", "sub:done>out", "sub:skipped>out"],
        goal={"kind": "none"},
    )
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, child, key="child")
        a_live_version(session, parent, key="parent")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        assert pay_off(session, session.get_one(Loan, loan.id), NOON + timedelta(days=1)).ended_cases == 1
    run_tick(database, now=NOON + timedelta(days=1, minutes=1), settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        assert sorted(session.scalars(select(Case.end_reason))) == ["cured", "exit"]
