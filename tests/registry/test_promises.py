"""A promise is kept by payments in time, else broken after its grace."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Promise, Signal
from scenario_engine.registry import payments, promises
from tests.builders import a_loan

GIVEN = datetime(2025, 3, 1, 9, tzinfo=UTC)
DUE = date(2025, 3, 5)


def a_promise(database: Database, amount: int = 100_000) -> Promise:
    with database.write() as session:
        loan = a_loan(session, overdue=500_000, dpd=10, servicing="core")
        return promises.give(session, loan_id=loan.id, amount=amount, due_on=DUE, on=date(2025, 3, 1), now=GIVEN)


def pay(database: Database, promise: Promise, amount: int, at: datetime) -> None:
    row = payments.NewPayment(external_id=f"P-{at}", loan_id=promise.loan_id, amount=amount, paid_at=at)
    with database.write() as session:
        payments.record(session, [row], now=at, source="api", time_zone="Europe/Moscow")


def decide(database: Database, on: date, **over: int) -> promises.Decided:
    with database.write() as session:
        return promises.decide(session, on=on, now=datetime(on.year, on.month, on.day, 4, tzinfo=UTC), **over)


def signals(database: Database) -> list[str]:
    with database.read() as session:
        kinds = session.scalars(select(Signal.kind).order_by(Signal.id))
        return [kind for kind in kinds if kind.startswith("promise")]


def test_a_promise_is_kept_as_soon_as_the_money_is_there(database: Database) -> None:
    promise = a_promise(database)
    pay(database, promise, 60_000, datetime(2025, 3, 2, tzinfo=UTC))
    assert decide(database, date(2025, 3, 2)) == promises.Decided(kept=0, broken=0)
    pay(database, promise, 40_000, datetime(2025, 3, 3, tzinfo=UTC))
    assert decide(database, date(2025, 3, 3)) == promises.Decided(kept=1, broken=0)
    assert decide(database, date(2025, 3, 9)) == promises.Decided(kept=0, broken=0)
    assert signals(database) == ["promise_given", "promise_kept"]


@pytest.mark.parametrize(
    ("paid_at", "kept"),
    [
        (datetime(2025, 3, 1, 8, 59, tzinfo=UTC), 0),
        (datetime(2025, 3, 6, 20, 59, tzinfo=UTC), 1),  # 23:59 in Moscow, the last minute of the grace
        (datetime(2025, 3, 6, 21, 0, tzinfo=UTC), 0),
    ],
)
def test_only_money_between_the_promise_and_the_end_of_its_grace_counts(
    database: Database, paid_at: datetime, kept: int
) -> None:
    promise = a_promise(database)
    pay(database, promise, 100_000, paid_at)
    assert decide(database, date(2025, 3, 7)) == promises.Decided(kept=kept, broken=1 - kept)
    assert signals(database) == ["promise_given", "promise_kept" if kept else "promise_broken"]


def test_a_promise_is_broken_the_day_after_its_grace_and_not_before(database: Database) -> None:
    a_promise(database)
    assert decide(database, date(2025, 3, 6)) == promises.Decided(kept=0, broken=0)
    assert decide(database, date(2025, 3, 7)) == promises.Decided(kept=0, broken=1)


def test_a_share_may_be_enough(database: Database) -> None:
    promise = a_promise(database)
    pay(database, promise, 89_999, datetime(2025, 3, 2, tzinfo=UTC))
    assert decide(database, date(2025, 3, 3), kept_percent=90).kept == 0
    pay(database, promise, 1, datetime(2025, 3, 2, 1, tzinfo=UTC))
    assert decide(database, date(2025, 3, 3), kept_percent=90).kept == 1


def test_what_cannot_be_promised_is_refused(database: Database) -> None:
    with database.write() as session:
        loan, closed = a_loan(session), a_loan(session, state="closed")
    on = date(2025, 3, 1)
    for error, over in (
        (Invalid, {"amount": 0}),
        (Invalid, {"due_on": date(2025, 2, 28)}),
        (Invalid, {"due_on": date(2027, 1, 1)}),
        (NotFound, {"loan_id": 10**9}),
        (Conflict, {"loan_id": closed.id}),
    ):
        values = {"loan_id": loan.id, "amount": 100, "due_on": DUE} | over
        with pytest.raises(error), database.write() as session:
            promises.give(session, on=on, now=GIVEN, **values)  # type: ignore[arg-type]
    with database.read() as session:
        assert session.scalars(select(Promise)).all() == []
