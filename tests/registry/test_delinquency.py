"""DPD, buckets and their signals follow the calendar, once a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.models import Loan, Signal
from scenario_engine.registry import buckets, delinquency
from tests.builders import a_loan, instalments_for

NOW = datetime(2025, 3, 1, 6, tzinfo=UTC)


def kinds(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.read() as session:
        return [(s.kind, s.data) for s in session.scalars(select(Signal).order_by(Signal.id))]


def test_an_instalment_is_overdue_from_the_day_after_it_fell_due(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[date(2025, 3, 1), date(2025, 4, 1)], amount=500_000)
    for day, dpd, overdue, bucket in (
        (date(2025, 3, 1), 0, 0, "current"),
        (date(2025, 3, 2), 1, 500_000, "1-30"),
        (date(2025, 3, 31), 30, 500_000, "1-30"),
        (date(2025, 4, 1), 31, 500_000, "31-60"),
        (date(2025, 4, 30), 60, 1_000_000, "31-60"),
        (date(2025, 5, 1), 61, 1_000_000, "61-90"),
        (date(2025, 5, 30), 90, 1_000_000, "61-90"),
        (date(2025, 5, 31), 91, 1_000_000, "90+"),
    ):
        with database.write() as session:
            delinquency.roll(session, on=day, now=NOW)
            found = session.get_one(Loan, loan.id)
            assert (day, found.dpd, found.overdue, found.bucket) == (day, dpd, overdue, bucket)


def test_a_roll_tells_what_is_next_and_since_when_it_is_late(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        days = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
        instalments_for(session, loan, due=days, amount=500_000, paid=[500_000, 200_000, 100_000])
        delinquency.roll(session, on=date(2025, 3, 1), now=NOW)
        found = session.get_one(Loan, loan.id)
        assert (found.overdue_since, found.overdue) == (date(2025, 2, 1), 300_000)
        assert (found.next_due_on, found.next_due_amount) == (date(2025, 3, 1), 400_000)


def test_rolling_the_same_day_twice_adds_nothing(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[date(2025, 2, 27)])
        first = delinquency.roll(session, on=date(2025, 3, 1), now=NOW)
        second = delinquency.roll(session, on=date(2025, 3, 1), now=NOW)
    assert first == delinquency.Rolled(changed=1, entered=1, exited=0, missed=1)
    assert second == delinquency.Rolled(changed=0, entered=0, exited=0, missed=0)
    assert kinds(database) == [
        ("payment_missed", {"number": 1, "amount": 1_000_000, "due_on": "2025-02-27"}),
        ("bucket_entered", {"from": "current", "to": "1-30"}),
    ]


def test_a_better_bucket_is_not_told_and_an_old_miss_is_history(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, bucket="90+", dpd=120)
        instalments_for(session, loan, due=[date(2025, 1, 15)])
        rolled = delinquency.roll(session, on=date(2025, 3, 1), now=NOW)
        assert session.get_one(Loan, loan.id).bucket == "31-60"
    assert (rolled.entered, rolled.missed) == (0, 0)


def test_a_mirrored_loan_keeps_what_its_core_gave_but_its_bucket_follows(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, servicing="core", dpd=45, overdue=700, overdue_since=date(2025, 1, 15))
        delinquency.roll(session, on=date(2025, 3, 20), now=NOW)
        found = session.get_one(Loan, loan.id)
        assert (found.dpd, found.overdue, found.bucket) == (45, 700, "31-60")
    assert kinds(database) == [("bucket_entered", {"from": "current", "to": "31-60"})]


def test_a_loan_without_a_schedule_grows_older_by_the_day_it_became_late(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, overdue=700, overdue_since=date(2025, 2, 1), dpd=3, bucket="1-30")
        delinquency.roll(session, on=date(2025, 3, 20), now=NOW)
        found = session.get_one(Loan, loan.id)
        assert (found.dpd, found.overdue, found.bucket) == (47, 700, "31-60")


def test_closed_loans_and_other_loans_are_left_alone(database: Database) -> None:
    with database.write() as session:
        closed, chosen, other = (a_loan(session, state=state) for state in ("closed", "open", "open"))
        for loan in (closed, chosen, other):
            instalments_for(session, loan, due=[date(2025, 2, 1)])
        delinquency.roll(session, on=date(2025, 3, 1), now=NOW, loans=[closed.id, chosen.id])
        dpds = [session.get_one(Loan, loan.id).dpd for loan in (closed, chosen, other)]
    assert dpds == [0, 28, 0]


def test_edges_can_be_chosen(database: Database) -> None:
    two = (
        buckets.BUCKETS[0],
        buckets.Bucket(key="late", title=buckets.BUCKETS[1].title, first=5, last=None),
    )
    assert [buckets.bucket_of(dpd, two) for dpd in (0, 4, 5, 400)] == [
        "current",
        "current",
        "late",
        "late",
    ]
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[date(2025, 2, 1)])
        delinquency.roll(session, on=date(2025, 2, 7), now=NOW, buckets=two)
        assert session.get_one(Loan, loan.id).bucket == "late"
