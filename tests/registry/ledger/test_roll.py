"""All loans of a day at once stand where each alone would; an account is never anything but the sum of its events."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from scenario_engine.database import Database
from scenario_engine.models import Account, LoanEvent
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.ledger.fold import PARTS, Paid, begin, replay
from scenario_engine.registry.ledger.roll import roll
from scenario_engine.registry.lending.terms import LAW_ORDER
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, events, noon, owed, pay
from tests.registry.lending.offers import PAYDAY, some_terms


def rolled(database: Database, day: date) -> int:
    with database.write() as session:
        return roll(session, on=day, now=noon(day))


def test_a_payday_loan_earns_its_rate_every_day_and_falls_due(database: Database) -> None:
    with database.write() as session:
        loan, schedule = a_ledger_loan(session)
    assert rolled(database, ISSUED + timedelta(days=10)) == 10
    assert (owed(database, loan).principal, owed(database, loan).interest) == (1_000_000, 80_000)
    rolled(database, schedule.ends_on)
    found = owed(database, loan)
    assert (found.balance, found.principal_overdue) == (schedule.lines[0].amount, 0)
    rolled(database, schedule.ends_on + timedelta(days=1))
    found = owed(database, loan)
    assert (found.principal, found.principal_overdue, found.interest_overdue) == (0, 1_000_000, 240_000)
    # the penalty of a day: 20 % a year of 10 000 ₽ is 5.479… ₽, charged in whole kopecks
    assert (found.interest, found.penalty, found.penalty_rest) == (8_000, 547, 945_205)


def test_the_second_roll_of_a_day_changes_nothing(database: Database) -> None:
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
    day = ISSUED + timedelta(days=3)
    rolled(database, day)
    before = owed(database, loan)
    assert rolled(database, day) == 0
    assert owed(database, loan) == before


def test_charges_stop_at_the_limit_of_the_law(database: Database) -> None:
    with database.write() as session:
        loan, _ = a_ledger_loan(session, charges_limit=1_000_000)
    rolled(database, ISSUED + timedelta(days=200))
    found = owed(database, loan)
    assert found.charged == 1_000_000
    assert found.balance == 2_000_000
    with database.read() as session:
        assert all(event.charged >= 0 for event in events(session, loan))


def test_days_of_grace_cost_no_penalty(database: Database) -> None:
    with database.write() as session:
        loan, schedule = a_ledger_loan(session, terms=some_terms(**PAYDAY, grace_days=3))
    for late, penalty in ((3, 0), (4, 547), (5, 1_095)):
        rolled(database, schedule.ends_on + timedelta(days=late))
        assert owed(database, loan).penalty == penalty


def test_events_cannot_be_changed_or_deleted(database: Database) -> None:
    with database.write() as session:
        a_ledger_loan(session)
    for statement in ("UPDATE loan_events SET principal = 1", "DELETE FROM loan_events"):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("seed", range(3))
def test_the_roll_of_all_loans_is_the_walk_of_each(database: Database, seed: int) -> None:
    chance = Random(seed)
    loans = []
    with database.write() as session:
        for number in range(25):
            unit = chance.choice(("day", "week", "month"))
            every = {"day": 7, "week": 2, "month": 1}[unit]
            order = list(LAW_ORDER)
            if chance.random() < 0.4:
                chance.shuffle(order)
            terms = some_terms(
                kind=chance.choice(("annuity", "bullet", "differentiated")), unit=unit, pay_every=every, term_min=every,
                term_max=every * 6, rate_per=chance.choice(("day", "year")), rate_ppm=chance.randrange(0, 1_000_000, 7),
                penalty_per=chance.choice(("day", "year")), penalty_ppm=chance.choice((0, 1_000, 200_000)),
                grace_days=chance.choice((0, 3)), interest_when_late=chance.random() < 0.5, order=tuple(order),
                instalment_fee=chance.choice((0, 9_900)), issue_fee=chance.choice((0, 5_000)),
                working_days=chance.random() < 0.5, policy="neutral",
            )  # fmt: skip
            if terms.rate_per == "day":
                terms = some_terms(**vars(terms) | {"rate_ppm": terms.rate_ppm % 9_000})
            principal = chance.randrange(100_000, 5_000_000)
            # the turn of a leap year is among the days
            issued_on = date(2027, 11, 1) + timedelta(days=number)
            limit = chance.choice((None, principal))
            loan, schedule = a_ledger_loan(
                session, terms=terms, principal=principal, term=every * chance.randint(1, 6), issued_on=issued_on,
                charges_limit=limit,
            )  # fmt: skip
            loans.append((loan, schedule, principal))
    paid: dict[int, list[Paid]] = {loan.id: [] for loan, *_ in loans}
    day = date(2027, 11, 1)
    while day < date(2028, 3, 10):
        day += timedelta(days=chance.randint(1, 9))
        rolled(database, day)
        with database.write() as session:
            for loan, _, principal in chance.sample(loans, 3):
                if acts.standing_of(session, loan.id).upto == day:
                    amount = chance.randrange(1, principal // 2)
                    payment = pay(session, loan, amount, day)
                    paid[loan.id].append(Paid(day=day, amount=amount, payment_id=payment))
    with database.read() as session:
        accounts = {account.loan_id: account for account in session.scalars(select(Account))}
        for loan, schedule, principal in loans:
            found = acts.standing_of(session, loan.id)
            alone = replay(begin(found.contract, principal, schedule.issue_fee), paid[loan.id], upto=found.upto)
            assert found.owed == alone.owed
            assert found.overdue_since == alone.overdue_since
            assert found.at == alone.at
            ledger = events(session, loan)
            assert {part: getattr(accounts[loan.id], part) for part in PARTS} == {
                part: sum(getattr(event, part) for event in ledger) for part in PARTS
            }
            kinds = [(event.kind, event.day, event.paid) for event in ledger]
            assert kinds == [(step.kind, step.day, step.paid) for step in alone.steps]
        assert session.scalar(select(LoanEvent.id).where(LoanEvent.kind == "fell_due").limit(1)) is not None
