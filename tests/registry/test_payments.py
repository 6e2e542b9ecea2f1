"""Payments are recorded once, pay the oldest debt first, and say what they did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Instalment, Loan, Payment, Signal
from scenario_engine.registry import buckets, delinquency, payments
from scenario_engine.registry.payments import NewPayment, Recorded
from tests.builders import a_borrower, a_loan, a_product, instalments_for

NOW = datetime(2025, 3, 10, 9, tzinfo=UTC)
TODAY = date(2025, 3, 10)
DUE = [date(2025, 1, 20), date(2025, 2, 20), date(2025, 3, 20)]


def pay(database: Database, loan: Loan, *amounts: int, start: int = 0, now: datetime = NOW) -> Recorded:
    rows = [
        NewPayment(
            external_id=f"P-{loan.id}-{number}",
            loan_id=loan.id,
            amount=amount,
            paid_at=now - timedelta(days=1) + timedelta(minutes=number),
        )
        for number, amount in enumerate(amounts, start=start)
    ]
    with database.write() as session:
        return payments.record(session, rows, now=now, source="api", time_zone="Europe/Moscow")


def a_late_loan(database: Database) -> Loan:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=DUE, amount=100_000)
        delinquency.roll(session, on=TODAY, now=NOW)
        for signal in session.scalars(select(Signal)):
            session.delete(signal)
    return loan


@pytest.mark.postgres
@pytest.mark.parametrize(("count", "mode"), [(1, "force_generic_plan"), (payments.FEW + 1, "auto")])
def test_statements_of_a_payment_that_comes_alone_are_not_planned_again_for_each(
    postgres_database: Database, count: int, mode: str
) -> None:
    loan = a_late_loan(postgres_database)
    rows = [
        NewPayment(external_id=f"P-{number}", loan_id=loan.id, amount=1_000, paid_at=NOW) for number in range(count)
    ]
    with postgres_database.write() as session:
        payments.record(session, rows, now=NOW, source="api", time_zone="Europe/Moscow")
        assert session.scalar(text("SHOW plan_cache_mode")) == mode
    with postgres_database.read() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "auto"


def look(database: Database, loan: Loan) -> tuple[int, int, int, str, str]:
    with database.read() as session:
        found = session.get_one(Loan, loan.id)
        return found.balance, found.overdue, found.dpd, found.bucket, found.state


def paid(database: Database, loan: Loan) -> list[tuple[int, date | None]]:
    with database.read() as session:
        lines = select(Instalment).where(Instalment.loan_id == loan.id).order_by(Instalment.number)
        return [(line.paid, line.paid_on) for line in session.scalars(lines)]


def signals(database: Database) -> list[tuple[str, bool]]:
    with database.read() as session:
        # of leaving a bucket tells the history of buckets
        told = select(Signal).where(Signal.kind != "bucket_exited").order_by(Signal.payment_id, Signal.id)
        rows = session.scalars(told)
        return [(row.kind, row.payment_id is not None) for row in rows]


def test_a_payment_goes_to_the_oldest_debt_first(database: Database) -> None:
    loan = a_late_loan(database)
    pay(database, loan, 130_000)
    assert paid(database, loan) == [(100_000, date(2025, 3, 9)), (30_000, None), (0, None)]
    assert look(database, loan) == (170_000, 70_000, 18, "1-30", "open")
    assert signals(database) == [("partial_payment", True)]


def test_the_payment_that_covers_the_overdue_debt_says_so(database: Database) -> None:
    loan = a_late_loan(database)
    pay(database, loan, 150_000, 60_000)
    assert look(database, loan) == (90_000, 0, 0, "current", "open")
    assert signals(database) == [
        ("partial_payment", True),
        ("payment_received", True),
        ("overdue_paid", True),
    ]
    pay(database, loan, 10_000, start=2)
    assert signals(database)[3:] == [("payment_received", True)]


def test_each_instalment_is_paid_on_the_day_of_the_payment_that_filled_it(database: Database) -> None:
    loan = a_late_loan(database)
    rows = [
        NewPayment(
            external_id=f"P{day}",
            loan_id=loan.id,
            amount=70_000,
            paid_at=datetime(2025, 3, day, 22, tzinfo=UTC),
        )
        for day in (5, 6, 7)
    ]
    with database.write() as session:
        payments.record(session, rows, now=NOW, source="api", time_zone="Europe/Moscow")
    # 22:00 UTC is the next day in Moscow
    assert paid(database, loan) == [
        (100_000, date(2025, 3, 7)),
        (100_000, date(2025, 3, 8)),
        (10_000, None),
    ]
    with database.read() as session:
        assert session.get_one(Loan, loan.id).last_payment_on == date(2025, 3, 8)


def test_an_overpayment_closes_the_loan_and_the_balance_stops_at_zero(database: Database) -> None:
    loan = a_late_loan(database)
    pay(database, loan, 350_000)
    assert look(database, loan) == (0, 0, 0, "current", "closed")
    assert [amount for amount, _ in paid(database, loan)] == [100_000, 100_000, 100_000]
    pay(database, loan, 5_000, start=1)
    assert look(database, loan) == (0, 0, 0, "current", "closed")
    with database.read() as session:
        assert session.scalar(select(func.sum(Payment.amount))) == 355_000


def test_the_same_payment_twice_is_recorded_once(database: Database) -> None:
    loan = a_late_loan(database)
    first = pay(database, loan, 50_000)
    before = look(database, loan)
    again = pay(database, loan, 50_000)
    assert (len(first.added), first.repeated) == (1, ())
    assert again == Recorded(added=(), repeated=(f"P-{loan.id}-0",))
    assert look(database, loan) == before
    assert len(signals(database)) == 1


def test_a_known_id_with_another_amount_or_loan_is_refused(database: Database) -> None:
    loan, other = a_late_loan(database), a_late_loan(database)
    pay(database, loan, 50_000)
    for row in (
        NewPayment(external_id=f"P-{loan.id}-0", loan_id=loan.id, amount=50_001, paid_at=NOW),
        NewPayment(external_id=f"P-{loan.id}-0", loan_id=other.id, amount=50_000, paid_at=NOW),
    ):
        with pytest.raises(Conflict, match=f"P-{loan.id}-0"), database.write() as session:
            payments.record(session, [row], now=NOW, source="api", time_zone="Europe/Moscow")


def test_one_wrong_payment_leaves_nothing_of_the_others(database: Database) -> None:
    loan = a_late_loan(database)
    good = NewPayment(external_id="good", loan_external_id=loan.external_id, amount=100, paid_at=NOW)
    for error, match, bad in (
        (
            NotFound,
            "L-unknown",
            NewPayment(external_id="x", loan_external_id="L-unknown", amount=1, paid_at=NOW),
        ),
        (NotFound, "#987654", NewPayment(external_id="x", loan_id=987654, amount=1, paid_at=NOW)),
        (Invalid, "x", NewPayment(external_id="x", loan_id=loan.id, amount=0, paid_at=NOW)),
        (Invalid, "x", NewPayment(external_id="x", loan_id=loan.id, amount=-5, paid_at=NOW)),
        (Invalid, "x", NewPayment(external_id="x", loan_id=loan.id, amount=10**13, paid_at=NOW)),
        (Invalid, "id", NewPayment(external_id="", loan_id=loan.id, amount=1, paid_at=NOW)),
        (
            Invalid,
            "x",
            NewPayment(external_id="x", loan_id=loan.id, amount=1, paid_at=NOW.replace(tzinfo=None)),
        ),
    ):
        with pytest.raises(error, match=match), database.write() as session:
            payments.record(session, [good, bad], now=NOW, source="api", time_zone="Europe/Moscow")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_mirrored_loan_goes_down_and_is_cured_until_the_next_import(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(
            session,
            servicing="core",
            balance=200_000,
            overdue=50_000,
            dpd=40,
            bucket="31-60",
            overdue_since=date(2025, 1, 29),
        )
    pay(database, loan, 20_000)
    assert look(database, loan) == (180_000, 30_000, 40, "31-60", "open")
    pay(database, loan, 30_000, start=1)
    assert look(database, loan) == (150_000, 0, 0, "current", "open")
    pay(database, loan, 900_000, start=2)
    assert look(database, loan) == (0, 0, 0, "current", "open")
    assert [kind for kind, _ in signals(database)] == [
        "partial_payment",
        "payment_received",
        "overdue_paid",
        "payment_received",
    ]


def test_a_loan_late_by_days_alone_is_cured_by_its_first_payment(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, servicing="core", balance=0, overdue=0, dpd=60, bucket="31-60")
    pay(database, loan, 100, 200)
    assert look(database, loan) == (0, 0, 0, "current", "open")
    assert [kind for kind, _ in signals(database)] == ["payment_received", "overdue_paid", "payment_received"]


def test_a_loan_that_todays_roll_has_not_reached_is_judged_as_of_today(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[date(2025, 3, 8), date(2025, 4, 8)], amount=100_000)
    pay(database, loan, 40_000)
    assert look(database, loan) == (160_000, 60_000, 2, "1-30", "open")
    assert sorted(kind for kind, _ in signals(database)) == [
        "bucket_entered",
        "partial_payment",
        "payment_missed",
    ]


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_payments(database: Database, statements: list[str]) -> None:
    loans = [a_late_loan(database) for _ in range(6)]
    statements.clear()
    pay(database, loans[0], 100)
    single = len(statements)
    statements.clear()
    rows = [
        NewPayment(external_id=f"M-{loan.id}-{n}", loan_id=loan.id, amount=1_000, paid_at=NOW)
        for loan in loans
        for n in range(50)
    ]
    with database.write() as session:
        recorded = payments.record(session, rows, now=NOW, source="api", time_zone="Europe/Moscow")
    assert len(recorded.added) == 300
    assert len(statements) == single <= 12


amounts = st.integers(min_value=1, max_value=400_000)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.tuples(st.integers(-60, 60), amounts), min_size=1, max_size=6),
    money=st.lists(st.lists(amounts, min_size=1, max_size=5), min_size=1, max_size=3),
    data=st.data(),
)
def test_money_is_conserved(
    database: Database, lines: list[tuple[int, int]], money: list[list[int]], data: st.DataObject
) -> None:
    with database.write() as session:
        loan = a_loan(session, a_borrower(session), product_id=a_product(session).id)
        for number, (offset, amount) in enumerate(lines, start=1):
            session.add(
                Instalment(
                    loan_id=loan.id,
                    number=number,
                    due_on=TODAY + timedelta(days=offset),
                    amount=amount,
                    principal=amount,
                    paid=data.draw(st.integers(0, amount)),
                )
            )
        session.flush()
        rest = select(func.sum(Instalment.amount - Instalment.paid)).where(Instalment.loan_id == loan.id)
        owed = session.scalar(rest) or 0
        loan.balance = owed
        delinquency.roll(session, on=TODAY, now=NOW)
    came = 0
    for number, batch in enumerate(money):
        pay(database, loan, *batch, start=number * 10)
        came += sum(batch)
        with database.read() as session:
            found = session.get_one(Loan, loan.id)
            still = session.scalar(rest) or 0
            due = session.scalar(rest.where(Instalment.due_on < TODAY)) or 0
            assert found.balance == still == max(owed - came, 0)
            assert found.overdue == due
            assert (found.dpd > 0) == (due > 0)
            assert found.bucket == buckets.bucket_of(found.dpd)
            over = session.scalar(
                select(func.count()).where(Instalment.loan_id == loan.id, Instalment.paid > Instalment.amount)
            )
            assert over == 0
