"""Promises-to-pay: given by a borrower, decided by the payments that followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    and_,
    false,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Loan, Payment, Promise, Signal
from scenario_engine.models.base import UtcDateTime
from scenario_engine.registry import rowsets
from scenario_engine.registry.buckets import write_signals
from scenario_engine.registry.days import end_of
from scenario_engine.texts import Text

#: a promise further away than this is not one
LONGEST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Decided:
    """How many promises were found kept and broken."""

    kept: int
    broken: int


def give(
    session: Session,
    *,
    loan_id: int,
    amount: int,
    due_on: date,
    on: date,
    now: datetime,
    task_id: int | None = None,
    source: str = "operator",
) -> Promise:
    """Write a promise to pay `amount` kopecks by the end of `due_on`, and its signal ``promise_given``.

    `on` is today in the portfolio's time zone. Raises `NotFound` (no such loan), `Conflict` (the loan is not
    open) and `Invalid` (amount not above 0, day in the past or more than `LONGEST_DAYS` away).
    """
    loan = session.get(Loan, loan_id)
    if loan is None:
        raise NotFound(Text("There is no loan #{id}.", "Займа № {id} нет.").format(id=loan_id), code="loan.unknown")
    if loan.state != "open":
        raise Conflict(
            Text(
                "Loan {id} is not open, nothing can be promised for it.",
                "Займ {id} закрыт: обещание по нему не принимается.",
            ).format(id=loan.external_id),
            code="loan.not_open",
        )
    if amount <= 0:
        raise Invalid(
            Text("The promised amount must be above 0.", "Обещанная сумма должна быть больше нуля."),
            code="promise.amount",
        )
    if not on <= due_on <= on + timedelta(days=LONGEST_DAYS):
        raise Invalid(
            Text(
                "The promised day must lie between today and a year from now.",
                "Обещанная дата должна быть не раньше сегодняшнего дня и не дальше чем через год.",
            ),
            code="promise.due_on",
        )
    promise = Promise(loan_id=loan_id, task_id=task_id, amount=amount, due_on=due_on, given_at=now)
    session.add(promise)
    session.flush()
    session.add(
        Signal(
            key=f"promise_given:{promise.id}",
            loan_id=loan_id,
            kind="promise_given",
            at=now,
            data={"promise_id": promise.id, "amount": amount, "due_on": due_on.isoformat()},
            source=source,
        )
    )
    session.flush()
    return promise


def decide(
    session: Session,
    *,
    on: date,
    now: datetime,
    time_zone: str = "Europe/Moscow",
    grace_days: int = 1,
    kept_percent: int = 100,
) -> Decided:
    """Decide the open promises as of day `on`, all at once, and write ``promise_kept`` / ``promise_broken``.

    Kept: payments from the moment it was given to the end of `due_on` + `grace_days` reach `kept_percent`
    of the amount (source: the kept rate's definition); it is kept as soon as they do. Broken: that day has
    passed and they did not. Loans with several promises count a payment for each.
    """
    session.flush()
    days = session.scalars(select(Promise.due_on).where(Promise.state == "open").distinct()).all()
    if not days:
        return Decided(kept=0, broken=0)
    payload = rowsets.encode(
        session,
        ({"due_on": day, "ends_at": end_of(day + timedelta(days=grace_days), time_zone)} for day in days),
    )
    ends = rowsets.given(session, payload, {"due_on": Date(), "ends_at": UtcDateTime()}, "ends")
    paid = (
        select(Promise.id, func.sum(Payment.amount).label("paid"))
        .join(ends, ends.c.due_on == Promise.due_on)
        .join(
            Payment,
            and_(
                Payment.loan_id == Promise.loan_id,
                Payment.paid_at >= Promise.given_at,
                Payment.paid_at < ends.c.ends_at,
            ),
        )
        .where(Promise.state == "open")
        .group_by(Promise.id)
        .cte("paid")
    )
    enough = (
        select(paid.c.id)
        .join(Promise, Promise.id == paid.c.id)
        .where(paid.c.paid * 100 >= Promise.amount * kept_percent)
    )
    kept = _decide(session, Promise.id.in_(enough), "kept", now=now)
    late = Promise.due_on < on - timedelta(days=grace_days)
    broken = _decide(session, late, "broken", now=now)
    rowsets.forget(session, Promise, ("state", "decided_at"))
    return Decided(kept=kept, broken=broken)


def _decide(session: Session, which: Any, state: str, *, now: datetime) -> int:
    at = literal(now, UtcDateTime())
    data = rowsets.document({"promise_id": Promise.id, "amount": Promise.amount, "due_on": Promise.due_on})
    write_signals(
        session,
        select(
            literal(f"promise_{state}:", String) + sql_cast(Promise.id, String),
            Promise.loan_id,
            literal(f"promise_{state}"),
            at,
            data,
            literal("registry"),
            false(),
            sql_cast(null(), Integer),
        ).where(Promise.state == "open", which),
    )
    return rowsets.changed(
        session,
        update(Promise).where(Promise.state == "open", which).values(state=state, decided_at=at),
    )
