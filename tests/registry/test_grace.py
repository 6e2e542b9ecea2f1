"""Days of grace: what is paid within them was never overdue; past them, days count from the due day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.models import Loan, LoanPause, Signal
from scenario_engine.registry import delinquency, payments
from scenario_engine.registry.buckets import bucket_of
from scenario_engine.registry.lending import offer
from scenario_engine.registry.payments import NewPayment
from tests.builders import a_loan, instalments_for
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, owed
from tests.registry.lending.offers import PAYDAY, some_terms

DAY = timedelta(days=1)
DUE = date(2026, 5, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def rolled(database: Database, day: date) -> None:
    with database.write() as session:
        delinquency.roll(session, on=day, now=noon(day))


def paid(database: Database, amounts: dict[int, int], day: date) -> None:
    rows = [
        NewPayment(external_id=f"{loan}-{day}-{amount}", loan_id=loan, amount=amount, paid_at=noon(day))
        for loan, amount in amounts.items()
    ]
    with database.write() as session:
        payments.record(session, rows, now=noon(day), source="api", time_zone="Europe/Moscow")


def shown(database: Database, loan: int) -> tuple[int, int, date | None, str]:
    with database.read() as session:
        found = session.get_one(Loan, loan)
        return found.overdue, found.dpd, found.overdue_since, found.bucket


def told(database: Database, loan: int) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Signal.kind).where(Signal.loan_id == loan).order_by(Signal.id)))


def test_past_the_grace_days_count_from_the_due_day_and_the_miss_is_told(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd_grace_days=5).id
        instalments_for(session, session.get_one(Loan, loan), due=[DUE], amount=1_000)
    for late, expected in ((1, (0, 0, None, "current")), (5, (0, 0, None, "current")), (6, (1_000, 6, DUE, "1-30"))):
        rolled(database, DUE + late * DAY)
        assert shown(database, loan) == expected
        assert told(database, loan) == (["payment_missed", "bucket_entered"] if late > 5 else [])


def test_what_is_paid_within_the_grace_was_never_overdue(database: Database) -> None:
    with database.write() as session:
        plain = a_loan(session, dpd_grace_days=5)
        instalments_for(session, plain, due=[DUE, DUE + 30 * DAY], amount=1_000)
        terms = some_terms(**PAYDAY, dpd_grace_days=5, grace_days=5)
        ledger = a_ledger_loan(session, terms=terms, issued_on=DUE - 30 * DAY)[0]
        ids = plain.id, ledger.id
    rolled(database, DUE + 4 * DAY)
    paid(database, {ids[0]: 1_000, ids[1]: owed(database, ledger).balance}, DUE + 5 * DAY)
    rolled(database, DUE + 8 * DAY)
    for loan in ids:
        assert shown(database, loan) == (0, 0, None, "current")
        assert told(database, loan) == ["payment_received"]


def test_a_loan_with_a_ledger_is_late_once_its_grace_is_past(database: Database) -> None:
    with database.write() as session:
        terms = some_terms(**PAYDAY, dpd_grace_days=5, grace_days=5)
        loan = a_ledger_loan(session, terms=terms, issued_on=DUE - 30 * DAY)[0]
        assert loan.dpd_grace_days == 5
    rolled(database, DUE + 5 * DAY)
    assert shown(database, loan.id) == (0, 0, None, "current")
    assert told(database, loan.id) == []
    rolled(database, DUE + 6 * DAY)
    found = owed(database, loan)
    assert shown(database, loan.id) == (1_000_000 + 240_000 + found.penalty, 6, DUE, "1-30")
    assert told(database, loan.id) == ["payment_missed", "bucket_entered"]
    paid(database, {loan.id: 1_240_000 + found.penalty}, DUE + 6 * DAY)
    assert shown(database, loan.id) == (0, 0, None, "current")
    assert "overdue_paid" in told(database, loan.id)


def test_a_line_within_its_grace_waits_while_an_older_one_is_late(database: Database) -> None:
    with database.write() as session:
        terms = some_terms(dpd_grace_days=5, grace_days=366, rate_ppm=1_000)
        loan, schedule = a_ledger_loan(session, terms=terms, principal=6_000_000, term=6, issued_on=ISSUED)
    first, second = schedule.lines[:2]
    rolled(database, second.due_on + DAY)
    late = owed(database, loan)
    assert late.principal_overdue == first.principal + second.principal
    assert shown(database, loan.id)[:2] == (first.principal + late.interest_overdue, 32)
    paid(database, {loan.id: first.principal + late.interest_overdue}, second.due_on + DAY)
    assert shown(database, loan.id) == (0, 0, None, "current")
    assert "overdue_paid" in told(database, loan.id)
    rolled(database, second.due_on + 6 * DAY)
    assert shown(database, loan.id) == (second.principal, 6, second.due_on, "1-30")


def test_no_penalty_is_agreed_for_days_of_grace() -> None:
    terms = some_terms(dpd_grace_days=3, grace_days=2)
    with pytest.raises(Invalid) as refused:
        offer.preview(terms, principal=1_000_000, term=6, issued_on=DUE)
    assert [problem.field for problem in refused.value.problems] == ["dpd_grace_days"]


@pytest.mark.parametrize("days", [10, 60])
def test_what_was_missed_within_a_pause_is_told_once_when_it_ends(database: Database, days: int) -> None:
    with database.write() as session:
        loan = a_ledger_loan(session, terms=some_terms(**PAYDAY), issued_on=DUE - 30 * DAY)[0].id
        session.add(
            LoanPause(
                loan_id=loan, kind="dispute", first_day=DUE - DAY, last_day=DUE + days * DAY, interest_stops=True,
                penalty_stops=True,
            )
        )  # fmt: skip
    rolled(database, DUE + days * DAY)
    assert "payment_missed" not in told(database, loan)
    for after in (1, 2, 3):
        rolled(database, DUE + (days + after) * DAY)
        assert told(database, loan).count("payment_missed") == 1


def test_what_is_history_stays_history_after_a_pause(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[DUE - 60 * DAY])
        session.add(
            LoanPause(
                loan_id=loan.id, kind="dispute", first_day=DUE, last_day=DUE + 9 * DAY, interest_stops=True,
                penalty_stops=True,
            )
        )  # fmt: skip
    rolled(database, DUE + 10 * DAY)
    assert "payment_missed" not in told(database, loan.id)


_PLAY = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 12)), st.tuples(st.just("pay"), st.integers(1, 2_500))
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 30), st.lists(st.integers(0, 20), min_size=1, max_size=5), _PLAY, st.integers(1, 12))
def test_whatever_is_paid_a_loan_stands_where_its_schedule_says(
    database: Database, grace: int, gaps: list[int], play: list[tuple[str, int]], together: int
) -> None:
    due = [DUE + sum(gaps[: at + 1]) * DAY for at in range(len(gaps))]
    with database.write() as session:
        # more than a few in one file go another way than one alone
        loans = [a_loan(session, dpd_grace_days=grace) for _ in range(together)]
        for loan in loans:
            instalments_for(session, loan, due=due, amount=1_000)
        ids = [loan.id for loan in loans]
    day, received = DUE, 0
    for number, (act, value) in enumerate(play):
        if act == "wait":
            day += value * DAY
            with database.write() as session:
                delinquency.roll(session, on=day, now=noon(day), loans=ids)
        elif received < 1_000 * len(due):
            rows = [
                NewPayment(external_id=f"{loan}-{number}", loan_id=loan, amount=value, paid_at=noon(day))
                for loan in ids
            ]
            with database.write() as session:
                payments.record(session, rows, now=noon(day), source="api", time_zone="Europe/Moscow")
            received += value
        missing = [
            (on, 1_000 - max(0, min(1_000, received - 1_000 * at))) for at, on in enumerate(due)
        ]  # fmt: skip
        late = [(on, rest) for on, rest in missing if rest and (day - on).days > grace]
        dpd = (day - late[0][0]).days if late else 0
        expected = (sum(rest for _, rest in late), dpd, late[0][0] if late else None, bucket_of(dpd))
        if act == "wait" or received < 1_000 * len(due):
            assert {shown(database, loan) for loan in ids} == {expected}
