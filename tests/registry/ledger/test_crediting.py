"""Payments on many ledgers at once do to each what the fold does to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.models import Account, Instalment, Loan, LoanEvent
from scenario_engine.registry import delinquency, payments
from scenario_engine.registry.ledger import acts, crediting
from scenario_engine.registry.ledger.fold import PARTS
from scenario_engine.registry.lending.terms import LAW_ORDER
from scenario_engine.registry.payments import NewPayment
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, a_payment, noon
from tests.registry.lending.offers import PAYDAY, some_terms

LOANS = 40


def all_rows(database: Database, loans: list[int]) -> dict[str, Any]:
    """Everything that payments change, loan by loan in the order given."""
    found: dict[str, Any] = {"accounts": [], "lines": [], "events": []}
    with database.read() as session:
        for loan in loans:
            account = session.get_one(Account, loan)
            found["accounts"].append(
                [getattr(account, name) for name in (*PARTS, "upto", "overdue_since", "next_number", "next_due_on")]
            )
            lines = session.execute(
                select(Instalment.number, Instalment.paid, Instalment.paid_on)
                .where(Instalment.loan_id == loan)
                .order_by(Instalment.number)
            )
            found["lines"].append([tuple(row) for row in lines])
            events = session.execute(
                select(LoanEvent.kind, LoanEvent.day, LoanEvent.paid, *(getattr(LoanEvent, part) for part in PARTS))
                .where(LoanEvent.loan_id == loan)
                .order_by(LoanEvent.id)
            )
            found["events"].append([tuple(row) for row in events])
    return found


def portfolio(database: Database, seed: int, on: date) -> list[int]:
    """Loans of many kinds, some of them late, all at the end of the day `on`."""
    draw = Random(seed)
    made = []
    with database.write() as session:
        for _ in range(LOANS):
            order = tuple(draw.sample(LAW_ORDER, 6)) if draw.random() < 0.5 else LAW_ORDER
            kind = draw.choice(("bullet", "annuity", "differentiated"))
            shape: dict[str, Any] = (
                PAYDAY if kind == "bullet" else {"unit": "week", "term_min": 1, "term_max": 30, "kind": kind}
            )
            terms = some_terms(**shape, order=order, instalment_fee=draw.choice((0, 9_900)), policy="neutral")
            issued_on = ISSUED + timedelta(days=draw.randrange(20))
            principal = draw.randint(1, 40) * 12_345
            loan, _schedule = a_ledger_loan(
                session,
                terms=terms,
                term=draw.randint(5, 12),
                issued_on=issued_on,
                principal=principal,
                charges_limit=draw.choice((None, None, principal // 8)),
            )
            made.append(loan.id)
        delinquency.roll(session, on=on, now=noon(on), loans=made)
        for loan_id in made[::3]:
            # as a restructuring leaves it: a part of the penalty is paid after the instalments
            account = session.get_one(Account, loan_id)
            account.penalty_kept = account.penalty * 2 // 3
        session.flush()
    return made


@pytest.mark.parametrize("seed", range(6))
def test_a_payment_among_many_pays_as_it_would_alone(database: Database, seed: int) -> None:
    on = ISSUED + timedelta(days=Random(seed).choice((20, 27, 35, 60)))
    loans = portfolio(database, seed, on)
    twins = portfolio(database, seed, on)
    draw = Random(seed)
    for _round in range(2):
        with database.write() as session:
            ids, expected = [], set()
            for loan, twin in zip(loans, twins, strict=True):
                balance = session.get_one(Account, loan).balance
                amount = draw.choice((1, 100, max(1, balance // 3), balance - 1, balance, balance + 1, balance * 2))
                if amount < 1:
                    continue
                name = f"{loan} {_round}"
                alone = a_payment(session, session.get_one(Loan, twin), amount, on, f"alone {name}")
                acts.pay(
                    session, twin, payment_id=alone.id, amount=amount, day=on, actor="anna", now=noon(on)
                )  # fmt: skip
                among = a_payment(session, session.get_one(Loan, loan), amount, on, f"among {name}")
                ids.append(among.id)
                expected.add(loan)
            assert crediting.pay(session, ids, day=on, on=on, now=noon(on), actor="anna") == expected
        assert all_rows(database, loans) == all_rows(database, twins)


@pytest.mark.parametrize("seed", range(3))
def test_a_payment_of_an_earlier_day_among_many_pays_as_it_would_alone(database: Database, seed: int) -> None:
    draw = Random(seed)
    on = ISSUED + timedelta(days=draw.choice((21, 27, 35, 60)))
    loans = portfolio(database, seed, on)
    twins = portfolio(database, seed, on)
    at_once = 0
    for back in (draw.choice((1, 2, 9)), 0, draw.randint(1, 7)):
        day = on - timedelta(days=back)
        with database.write() as session:
            ids, alone, possible = {}, [], set()
            for loan, twin in zip(loans, twins, strict=True):
                balance = session.get_one(Account, loan).balance
                amount = draw.choice((1, 100, max(1, balance // 3), balance - 1, balance, balance + 1, balance * 2))
                if amount < 1:
                    continue
                name = f"{loan} {on} {back}"
                payment = a_payment(session, session.get_one(Loan, twin), amount, day, f"alone {name}")
                acts.pay(
                    session, twin, payment_id=payment.id, amount=amount, day=day, actor="anna", now=noon(on)
                )  # fmt: skip
                ids[loan] = a_payment(session, session.get_one(Loan, loan), amount, day, f"among {name}").id
                alone.append((loan, amount))
                if only_charged_since(session, loan, day) and session.get_one(Account, loan).upto == on:
                    possible.add(loan)
            done = crediting.pay(session, list(ids.values()), day=day, on=on, now=noon(on), actor="anna")
            assert done == possible
            at_once += len(done) if back else 0
            for loan, amount in alone:
                if loan not in done:
                    acts.pay(
                        session, loan, payment_id=ids[loan], amount=amount, day=day, actor="anna", now=noon(on)
                    )  # fmt: skip
        assert all_rows(database, loans) == all_rows(database, twins)
        on += timedelta(days=draw.randint(1, 12))
        with database.write() as session:
            delinquency.roll(session, on=on, now=noon(on), loans=[*loans, *twins])
    assert at_once > LOANS // 2


def only_charged_since(session: Session, loan: int, day: date) -> bool:
    kinds = session.scalars(select(LoanEvent.kind).where(LoanEvent.loan_id == loan, LoanEvent.day > day))
    return set(kinds) <= {"accrued", "fell_due"}


def test_a_loan_that_does_not_stand_at_the_day_is_left_to_the_fold(database: Database) -> None:
    (loan, *_others) = portfolio(database, 1, ISSUED + timedelta(days=30))
    day = ISSUED + timedelta(days=31)
    with database.write() as session:
        payment = a_payment(session, session.get_one(Loan, loan), 100, day, "P")
        assert crediting.pay(session, [payment.id], day=day, on=day, now=noon(day), actor="anna") == set()
        kinds = select(func.count()).where(LoanEvent.loan_id == loan, LoanEvent.kind == "payment")
        assert session.scalar(kinds) == 0


def test_a_file_of_payments_of_today_yesterday_and_twice_leaves_nothing_out(database: Database) -> None:
    on = ISSUED + timedelta(days=30)
    loans, twins = portfolio(database, 2, on), portfolio(database, 2, on)
    with database.write() as session:
        rows = [
            NewPayment(external_id=f"P{number} {loan}", loan_id=loan, amount=100 + number, paid_at=noon(day))
            for number, day in enumerate((on, on - timedelta(days=1), on))
            for loan in (loans if number == 0 else loans[::4])
        ]
        payments.record(session, rows, now=noon(on), source="import", time_zone="Europe/Moscow")
    twin_of = dict(zip(loans, twins, strict=True))
    for row in sorted(rows, key=lambda one: one.paid_at):
        alone = replace(row, external_id=f"alone {row.external_id}", loan_id=twin_of[row.loan_id or 0])
        with database.write() as session:
            payments.record(session, [alone], now=noon(on), source="import", time_zone="Europe/Moscow")
    assert all_rows(database, loans) == all_rows(database, twins)
    with database.read() as session:
        assert len(loans) == LOANS
        for loan in loans:
            wanted = sum(row.amount for row in rows if row.loan_id == loan)
            paid = select(func.sum(LoanEvent.paid)).where(LoanEvent.loan_id == loan, LoanEvent.kind == "payment")
            assert session.scalar(paid) == wanted
            account, shown = session.get_one(Account, loan), session.get_one(Loan, loan)
            assert shown.balance == account.balance
            assert acts.owed_on(session, loan, on) == acts.standing_of(session, loan).owed
