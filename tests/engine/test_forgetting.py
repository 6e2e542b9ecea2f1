"""The engine's records of transactions: old ones go when no case's history is found by them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine import cohorts, upkeep
from scenario_engine.engine.events import react
from scenario_engine.engine.history import trails_of
from scenario_engine.engine.tick import run_tick
from scenario_engine.engine.upkeep import DELIVERIES_KEPT, RECORDS_KEPT, keep
from scenario_engine.models import (
    AuditEntry,
    Batch,
    Case,
    HeardReport,
    Inquiry,
    Loan,
    NewsDelivery,
    Signal,
    Subscription,
)
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

REST = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>out"],
)  # fmt: skip
LATER = NOON + RECORDS_KEPT + timedelta(days=2)


def live(database: Database, *, signals: int) -> None:
    """A case that goes its way in two days, and signals that change nothing: each leaves a record."""
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00).id
        a_live_version(session, REST)
    for day in range(2):
        run_tick(database, now=NOON + timedelta(days=day), settings=SETTINGS, timer=lambda: 0.0)
    for number in range(signals):
        at = NOON + timedelta(days=1, seconds=number)
        with database.write() as session:
            session.add(Signal(key=f"s{number}", loan_id=loan, kind="reply", at=at, data={}, source="api"))
            react(session, now=at, time_zone=SETTINGS.time_zone)
    cohorts.group_all(database)


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Batch.kind).order_by(Batch.id)))


def history(database: Database) -> int:
    with database.read() as session:
        return len(session.execute(select(trails_of(select(Case.id.label("case_id"), Case.batch_id)))).all())


def test_records_that_no_history_needs_go_after_a_month_and_the_others_stay(database: Database) -> None:
    live(database, signals=7)
    found, trails = kinds(database), history(database)
    assert (found.count("signal"), found.count("advance"), trails) == (7, 2, 2)
    assert keep(database, now=NOON + RECORDS_KEPT).forgotten == 0
    assert keep(database, now=LATER, dry_run=True).forgotten == len(found) - 3
    assert kinds(database) == found
    assert keep(database, now=LATER).forgotten == len(found) - 3
    assert kinds(database) == ["advance", "advance", "signal"], "the newest stays: ids go on from it"
    assert history(database) == trails
    assert keep(database, now=LATER).forgotten == 0


def test_many_are_removed_piece_by_piece_and_the_next_call_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(database, signals=12)
    monkeypatch.setattr(upkeep, "_SLICE", 2)
    first = keep(database, now=LATER, most=5)
    assert (first.forgotten, "batches" in first.put_off) == (5, True)
    while "batches" in keep(database, now=LATER, most=5).put_off:
        pass
    assert kinds(database) == ["advance", "advance", "signal"]


def test_what_is_not_counted_by_groups_yet_stays(database: Database) -> None:
    live(database, signals=3)
    with database.write() as session:
        session.execute(text("UPDATE batches SET grouped = (id % 2 = 0)"))
    keep(database, now=LATER)
    with database.read() as session:
        assert [batch.id for batch in session.scalars(select(Batch)) if not batch.grouped and batch.kind == "signal"]


@pytest.mark.postgres
def test_records_go_with_the_month_of_their_trails(postgres_database: Database) -> None:
    keep(postgres_database, now=NOON)
    live(postgres_database, signals=2)
    july = datetime(2026, 7, 15, tzinfo=NOON.tzinfo)
    assert "trails_2026_03" in keep(postgres_database, now=july, months=3).detached
    assert kinds(postgres_database) == ["signal"]


def test_what_other_systems_were_told_long_ago_goes_and_what_waits_stays(database: Database) -> None:
    moments = {"sent": DELIVERIES_KEPT, "failed": DELIVERIES_KEPT, "queued": DELIVERIES_KEPT, "new": timedelta(0)}
    with database.write() as session:
        subscription = Subscription(
            name="Core", url="https://core.example.test", secret="sealed", kinds={"chosen": []}, changed_at=NOON,
            changed_by="admin",
        )  # fmt: skip
        session.add(subscription)
        session.flush()
        for name, age in moments.items():
            session.add(
                NewsDelivery(
                    subscription_id=subscription.id, kind="case.ended", thread=name, body="{}",
                    state="sent" if name == "new" else name, happened_at=NOON - age, due_at=NOON,
                )
            )  # fmt: skip
    later = NOON + timedelta(seconds=1)
    assert keep(database, now=NOON).told == 0
    assert keep(database, now=later, dry_run=True).told == 2
    first = keep(database, now=later, most=1)
    assert (first.told, "deliveries" in first.put_off) == (1, True)
    assert keep(database, now=later).told == 1
    with database.read() as session:
        assert list(session.scalars(select(NewsDelivery.thread).order_by(NewsDelivery.id))) == ["queued", "new"]


def test_what_other_systems_told_goes_after_the_days_that_are_kept(database: Database) -> None:
    def a_report(key: str, age: int) -> HeardReport:
        at = NOON - timedelta(days=age)
        return HeardReport(connector="smpp", key=key, kind="delivered", at=at, heard_at=at)

    def an_inquiry(loan: Loan, subject: str, age: int, **over: Any) -> Inquiry:
        at = NOON - timedelta(days=age)
        values: dict[str, Any] = {"state": "answered", "answered_at": at, "facts": "sealed"}
        return Inquiry(
            subject=subject, loan_id=loan.id, borrower_id=loan.borrower_id, asked_at=at, due_at=at, attempts=1,
            **(values | over),
        )  # fmt: skip

    with database.write() as session:
        loan, closed = a_loan(session), a_loan(session, state="closed")
        session.add_all([a_report("old", 101), a_report("older", 102), a_report("new", 99)])
        session.add_all(
            [
                an_inquiry(loan, "bailiff", 200),
                an_inquiry(loan, "bailiff", 150),  # the last answer
                an_inquiry(loan, "bailiff", 120, state="failed", answered_at=None, facts=None),
                an_inquiry(loan, "bureau", 130, state="waiting", answered_at=None, facts=None),
                an_inquiry(closed, "bailiff", 110),
                an_inquiry(closed, "bureau", 90),
            ]
        )
        audit.record(session, at=NOON - timedelta(days=400), actor="anna", action="inquiry.asked", subject_type="loan")
    for days in (0, 300):  # for ever; longer than anything is old
        kept = keep(database, now=NOON, days=days)
        assert (kept.heard, kept.answers) == (0, 0)
    foreseen = keep(database, now=NOON, days=100, dry_run=True)
    assert (foreseen.heard, foreseen.answers) == (2, 3)
    first = keep(database, now=NOON, days=100, most=1)
    assert (first.heard, first.answers, {"reports", "inquiries"} <= set(first.put_off)) == (1, 1, True)
    rest = keep(database, now=NOON, days=100)
    assert (rest.heard, rest.answers) == (1, 2)
    with database.read() as session:
        assert session.scalars(select(HeardReport.key)).all() == ["new"]
        left = select(Inquiry.loan_id, Inquiry.subject, Inquiry.state).order_by(Inquiry.id)
        assert [tuple(row) for row in session.execute(left)] == [
            (loan.id, "bailiff", "answered"), (loan.id, "bureau", "waiting"), (closed.id, "bureau", "answered"),
        ]  # fmt: skip
        assert session.scalars(select(AuditEntry.actor)).all().count("anna") == 1
