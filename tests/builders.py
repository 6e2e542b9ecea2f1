"""Small builders of rows that any test may need: each adds one thing to the session and gives it back
flushed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Instalment, Loan, Product, shard_of

_numbers = count(1)


def a_product(session: Session, **over: Any) -> Product:
    """A product; the one with the same code when there is one already."""
    code = over.get("code", "instalment")
    found = session.scalar(select(Product).where(Product.code == code))
    if found is not None:
        return found
    values: dict[str, Any] = {
        "code": code,
        "name": "Instalment loan",
        "kind": "annuity",
    }
    product = Product(**values | over)
    session.add(product)
    session.flush()
    return product


def a_borrower(session: Session, **over: Any) -> Borrower:
    """A borrower in Moscow whom anybody may contact."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "external_id": f"B-{number}",
        "full_name": f"Заёмщик {number}",
        "phone": f"+7900000{number % 10_000:04d}",
        "email": f"borrower{number}@example.test",
        "messenger": f"chat-{number}",
        "postal_address": f"000000, г. Примерск, ул. Образцовая, д. {number}",
        "region": "RU-MOW",
        "time_zone": "Europe/Moscow",
        "lot": number * 2_654_435_761 % 2**31,
        "loans_count": 1,
    }
    borrower = Borrower(**values | over)
    session.add(borrower)
    session.flush()
    return borrower


def a_loan(session: Session, borrower: Borrower | None = None, **over: Any) -> Loan:
    """An open loan of 30 000 ₽ without a schedule, of `borrower` or a new one; current unless told
    otherwise.
    """
    owner = borrower or a_borrower(session)
    values: dict[str, Any] = {
        "external_id": f"L-{next(_numbers)}",
        "borrower_id": owner.id,
        "shard": shard_of(owner.id),
        "channel": "site",
        "principal": 3_000_000,
        "balance": over.get("principal", 3_000_000),
        "issued_on": date(2025, 1, 10),
        "risk_score": 600,
        "risk_group": "C",
        "debt_burden": 40,
    }
    if "product_id" not in over:
        values["product_id"] = a_product(session).id
    loan = Loan(**values | over)
    session.add(loan)
    session.flush()
    return loan


def instalments_for(
    session: Session,
    loan: Loan,
    *,
    due: Sequence[date] | None = None,
    first_due: date | None = None,
    count: int = 3,
    every: int = 30,
    amount: int = 1_000_000,
    principal: int | None = None,
    paid: Sequence[int] = (),
) -> list[Instalment]:
    """A schedule for `loan`: `amount` on each day of `due`, or `count` lines `every` days from `first_due`.

    `paid` fills the lines from the first one. The loan's balance becomes what the schedule still asks for;
    overdue, DPD and bucket are left to `registry.delinquency.roll`.
    """
    days = due or [(first_due or date(2025, 2, 10)) + timedelta(days=every * number) for number in range(count)]
    lines = [
        Instalment(
            loan_id=loan.id,
            number=number,
            due_on=day,
            amount=amount,
            principal=amount if principal is None else principal,
            paid=paid[number - 1] if number <= len(paid) else 0,
        )
        for number, day in enumerate(days, start=1)
    ]
    session.add_all(lines)
    loan.balance = sum(line.amount - line.paid for line in lines)
    session.flush()
    return lines
