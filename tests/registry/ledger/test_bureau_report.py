"""What a day changed, as the credit bureau is told of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.models import Loan
from scenario_engine.registry import bureau_report, delinquency
from scenario_engine.registry.amendments import desk
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, noon, owed, pay

ZONE = "Europe/Moscow"
#: the payday loan is due a month after its issue
DUE = ISSUED + timedelta(days=30)


def reported(database: Database, day: date) -> list[list[list[str]]]:
    with database.read() as session:
        return list(bureau_report.events(session, day, time_zone=ZONE))


def codes(database: Database, day: date) -> list[str]:
    return [event[0][1] for event in reported(database, day)]


def segment(event: list[list[str]], name: str) -> list[str]:
    return next(each[1:] for each in event if each[0] == name)


def roll(session: Session, loan: Loan, day: date) -> None:
    delinquency.roll(session, on=day, now=noon(day), loans=[loan.id])


def amend(database: Database, loan: Loan, kind: str, day: date, /, **asked: object) -> None:
    with database.write() as session:
        desk.make(session, loan.id, kind, asked, actor="anna", now=noon(day), time_zone=ZONE)


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100},{kopecks % 100:02}"


def test_a_payment_and_a_missed_instalment_change_the_performance_and_interest_alone_does_not(
    database: Database,
) -> None:
    paid_on = ISSUED + timedelta(days=10)
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
        roll(session, loan, paid_on)
        pay(session, loan, 20_000, paid_on)
    assert codes(database, ISSUED) == []
    (event,) = reported(database, paid_on)
    assert event[0] == ["EVENT", "2.3", loan.external_id, paid_on.isoformat()]
    assert segment(event, "C28") == ["200,00", paid_on.isoformat(), "200,00"]
    assert segment(event, "C27")[:3] == ["", "0", "0,00"]
    before = owed(database, loan)
    assert segment(event, "C25")[:2] == ["1", roubles(before.balance)]
    with database.write() as session:
        roll(session, loan, paid_on + timedelta(days=1))
    assert codes(database, paid_on + timedelta(days=1)) == []

    late_on = DUE + timedelta(days=5)
    with database.write() as session:
        roll(session, loan, late_on)
    (event,) = reported(database, late_on)
    late = owed(database, loan)
    since, days, whole, principal, *_ = segment(event, "C27")
    assert (since, days) == ((DUE + timedelta(days=1)).isoformat(), "5")
    assert principal == roubles(late.principal_overdue)
    assert whole == roubles(late.principal_overdue + late.interest_overdue + late.penalty)


def test_a_loan_that_is_paid_off_has_ended_once(database: Database) -> None:
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
        roll(session, loan, ISSUED + timedelta(days=3))
    left = owed(database, loan).balance
    day = ISSUED + timedelta(days=3)
    with database.write() as session:
        pay(session, loan, left, day)
    (event,) = reported(database, day)
    assert (event[0][1], segment(event, "C25")) == ("2.5", ["0", "0,00", "0,00", "0,00", "0,00"])
    assert codes(database, day + timedelta(days=1)) == []


def test_a_judgment_tells_of_the_court_and_a_sale_of_the_assignment(database: Database) -> None:
    judged_on, told_on, sold_on = (DUE + timedelta(days=after) for after in (40, 45, 60))
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
        roll(session, loan, judged_on)
    found = owed(database, loan)
    amend(
        database, loan, "judged", told_on, day=judged_on.isoformat(), act="2-17/2026",
        principal=found.principal_overdue, interest=found.interest_overdue, penalty=0, fee=0, costs=40_000,
    )  # fmt: skip
    event = reported(database, told_on)[-1]
    assert event[0][1] == "2.6"
    assert segment(event, "C39") == [
        "2-17/2026", judged_on.isoformat(), roubles(found.principal_overdue), roubles(found.interest_overdue), "0,00",
        "0,00", "400,00",
    ]  # fmt: skip
    amend(database, loan, "sold", sold_on, buyer="Example", price=100)
    assert codes(database, sold_on) == ["2.11"]
    with database.write() as session:
        pay(session, loan, 5_000, sold_on + timedelta(days=1))
    assert codes(database, sold_on + timedelta(days=1)) == [], "what comes later is the buyer's to report"


def test_a_past_day_stays_the_same_whatever_is_found_out_later(database: Database) -> None:
    first = ISSUED + timedelta(days=10)
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
        roll(session, loan, first)
        pay(session, loan, 20_000, first)
    then = reported(database, first)
    found_out = first + timedelta(days=8)
    with database.write() as session:
        roll(session, loan, found_out)
        pay(session, loan, 30_000, first - timedelta(days=2), known_on=found_out)
    assert reported(database, first) == then
    (event,) = reported(database, found_out)
    assert segment(event, "C28")[0] == "300,00", "it is told on the day on which it became known"


def test_a_day_that_is_not_over_is_refused() -> None:
    with pytest.raises(Invalid):
        bureau_report.check_day(ISSUED, now=noon(ISSUED), time_zone=ZONE)
    bureau_report.check_day(ISSUED, now=noon(ISSUED + timedelta(days=1)), time_zone=ZONE)


def test_loans_come_in_the_order_of_their_numbers(database: Database) -> None:
    day = ISSUED + timedelta(days=2)
    with database.write() as session:
        loans = [a_ledger_loan(session)[0] for _ in range(3)]
        for loan in reversed(loans):
            pay(session, loan, 100, day)
    assert [event[0][2] for event in reported(database, day)] == sorted(loan.external_id for loan in loans)
