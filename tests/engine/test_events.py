"""What happens to a loan changes its cases in the same transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.events import Reaction, react
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Attribution, AuditEntry, Batch, Case, Loan, Message, Payment, Signal, Trail
from scenario_engine.registry import payments
from scenario_engine.registry.payments import NewPayment
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


@contextmanager
def watched(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_payments(database: Database) -> None:
    with database.write() as session:
        loans = [a_loan(session, servicing="core", balance=100_00, dpd=5, overdue=100_00) for _ in range(40)]
        a_live_version(session, WAIT_AND_ASK)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    asked = []
    for some in (loans[:1], loans[1:]):
        rows = [NewPayment(external_id=f"P-{it.id}", loan_id=it.id, amount=100_00, paid_at=NOON) for it in some]
        with watched(database) as seen, database.write() as session:
            payments.record(session, rows, now=NOON, source="api", time_zone=ZONE)
            assert react(session, now=NOON, time_zone=ZONE).ended_cases == len(some)
        asked.append(len(seen))
    assert asked[0] == asked[1]
    # each costs a payment the way to the server and back
    assert asked[0] <= 5 or database.dialect == "sqlite"


def test_one_payment_ends_a_case_and_wakes_another_of_its_loan(database: Database) -> None:
    listening = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "hear": ("wait.signal", {"signal_kinds": ["overdue_paid"], "timeout": {"days": 10}}),
            "out": ("exit", {"reason": "paid"}),
            "late": ("exit", {"reason": "late"}),
        },
        ["in:next>hear", "hear:received>out", "hear:timeout>late"],
        track="thanks",
        goal={"kind": "none"},
    )
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, WAIT_AND_ASK)
        a_live_version(session, listening, key="thanks")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        reaction = pay_off(session, session.get_one(Loan, loan.id), NOON + timedelta(days=1))
    assert (reaction.ended_cases, reaction.woken) == (1, 1)
    run_tick(database, now=NOON + timedelta(days=1), settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        assert sorted(session.scalars(select(Case.end_reason))) == ["cured", "exit"]


@pytest.mark.postgres
def test_a_payment_sees_what_the_batch_wrote_that_it_waited_for(postgres_database: Database) -> None:
    """A tick moves the case and writes a message while the payment comes: the message is dropped, the visit counted."""
    database = postgres_database
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, WAIT_AND_ASK)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    paid_at = NOON + timedelta(days=1)
    told: list[Reaction] = []

    def pay() -> None:
        with database.write() as session:
            told.append(pay_off(session, session.get_one(Loan, loan.id), paid_at))

    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with database.write() as session:
        case = session.scalars(select(Case).with_for_update()).one()
        batch = Batch(kind="advance", version_id=case.version_id, at=paid_at, day="2026-03-05")
        session.add(batch)
        session.flush()
        path_id = session.scalars(select(Trail.path_id)).one()
        before, case.batch_id = case.batch_id, batch.id
        session.add(Trail(batch_id=batch.id, case_id=case.id, previous_batch_id=before, path_id=path_id, at=paid_at))
        session.add(
            Message(
                case_id=case.id, node_id=case.node_id, batch_id=batch.id, version_id=case.version_id, loan_id=loan.id,
                borrower_id=loan.borrower_id, channel="sms", state="queued", queued_at=paid_at, due_at=paid_at,
                connector="", content={},
            )
        )  # fmt: skip
        session.flush()
        payer = threading.Thread(target=pay)
        payer.start()
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            while not other.scalar(blocked):
                assert payer.is_alive()
    payer.join()
    assert [(it.signals, it.ended_cases) for it in told] == [(2, 1)]
    with database.read() as session:
        ended = session.scalars(select(Case)).one()
        assert ended.end_reason == "cured"
        last = session.scalars(select(Trail).where(Trail.batch_id == ended.batch_id)).one()
        assert last.previous_batch_id == batch.id
        assert session.scalars(select(Message.state)).all() == ["cancelled"]
        # both trails entered two nodes
        assert session.scalar(select(func.count()).select_from(Attribution)) == 4
