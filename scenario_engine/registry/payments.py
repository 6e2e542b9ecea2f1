"""Money that comes in: recorded once, allocated to the schedule, told as signals. Cases are the engine's
affair.

Allocation: the instalment that fell due first is paid first, then the later ones; future instalments are
prepaid in order. What exceeds the whole debt stays visible as the payment's amount: the balance stops at 0
and nothing is allocated beyond the schedule. A loan serviced here whose balance reaches 0 is closed. A loan
mirrored from a core system (or one without a schedule) has no lines to pay: its balance and overdue debt go
down, never below 0, until the next import. On a loan with a ledger the payment pays the parts of the debt in the order
of the loan's terms (`registry.ledger`); what exceeds the debt is kept as the borrower's credit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Text as SqlText
from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Instalment, Loan, Payment
from scenario_engine.registry import allocation, bucket_history, delinquency, rowsets
from scenario_engine.registry.days import local_day
from scenario_engine.registry.ledger import acts, crediting, mirror
from scenario_engine.texts import Text

#: payments so few that planning their statements takes longer than executing them
FEW = 10
#: ten billion roubles: more than that is a mistake of the sender
MAX_AMOUNT = 10**12


@dataclass(frozen=True, kw_only=True)
class NewPayment:
    """A payment to record. Names the loan by `loan_id` or by `loan_external_id`; `amount` in kopecks."""

    external_id: str
    amount: int
    paid_at: datetime
    loan_id: int | None = None
    loan_external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Ids of the payments that were written, and external ids of those that were there already."""

    added: tuple[int, ...]
    repeated: tuple[str, ...]


def record(
    session: Session,
    rows: Sequence[NewPayment],
    *,
    now: datetime,
    source: str,
    time_zone: str,
    order: tuple[str, ...] | None = None,
) -> Recorded:
    """Record the payments in the caller's transaction: all of them or, when an error is raised, none.

    `order`: what a few of them on ledgers pay first, where that was agreed for them.

    Writes ``payment_received`` (``partial_payment`` while overdue debt remains) for each, and
    ``overdue_paid`` for the one that brought the overdue debt to 0, and ``bucket_exited`` for a loan that left its
    bucket; signals are dated `now`, the moment
    Kaskad learnt. A payment whose external id is known with the same loan and amount is skipped. Raises
    `Invalid` (amount, external id), `NotFound` (loan) and `Conflict` (external id known with another loan
    or amount).
    """
    _check(rows)
    if not rows:
        return Recorded(added=(), repeated=())
    session.flush()
    on = local_day(now, time_zone)
    unique: dict[str, allocation.Arrival] = {}
    loans, with_ledger = _lock_loans(session, rows, on=on, now=now)
    for row, loan_id in zip(rows, loans, strict=True):
        arrival = allocation.Arrival(
            code=row.external_id,
            loan_id=loan_id,
            amount=row.amount,
            at=row.paid_at,
            day=local_day(row.paid_at, time_zone),
        )
        earlier = unique.setdefault(row.external_id, arrival)
        if (earlier.amount, earlier.loan_id) != (row.amount, loan_id):
            raise _differs(row.external_id)
    added = allocation.write(session, list(unique.values()), on=on, now=now, source=source)
    if with_ledger:
        _enter(
            session,
            [unique[code] for code in added if unique[code].loan_id in with_ledger],
            added,
            on,
            now,
            source,
            order,
        )
    repeated = tuple(code for code in unique if code not in added)
    if repeated:
        _check_repeated(session, {code: unique[code] for code in repeated})
    rowsets.forget(session, Loan, (*delinquency.ROLLED_COLUMNS, "balance", "last_payment_on", "state"))
    rowsets.forget(session, Instalment, ("paid", "paid_on"))
    return Recorded(added=tuple(added[code] for code in unique if code in added), repeated=repeated)


def _check(rows: Sequence[NewPayment]) -> None:
    for row in rows:
        named = Text(*[row.external_id[:64]] * 2)
        if not row.external_id or len(row.external_id) > 64:
            raise Invalid(
                Text("A payment needs an id of 1 to 64 characters.", "Номер платежа — от 1 до 64 символов."),
                code="payment.external_id",
            )
        if not 0 < row.amount <= MAX_AMOUNT:
            raise Invalid(
                Text(
                    "The amount of payment {id} must be above 0 and at most 10 billion roubles.",
                    "Сумма платежа {id} должна быть больше нуля и не больше 10 миллиардов рублей.",
                ).format(id=named),
                code="payment.amount",
            )
        if row.paid_at.tzinfo is None:
            raise Invalid(
                Text(
                    "The time of payment {id} lacks its time zone.",
                    "У времени платежа {id} не указан часовой пояс.",
                ).format(id=named),
                code="payment.paid_at",
            )


def _enter(
    session: Session,
    arrivals: list[allocation.Arrival],
    ids: dict[str, int],
    on: date,
    now: datetime,
    source: str,
    order: tuple[str, ...] | None,
) -> None:
    """Let the payments pay on the ledgers of their loans, oldest first, and show what is owed then."""
    for day, batch in _by_day(sorted(arrivals, key=lambda one: (one.day, one.at, ids[one.code])), on):
        done: set[int] = set()
        if len(batch) > FEW:
            numbers = [ids[one.code] for one in batch]
            done = crediting.pay(session, numbers, day=day, on=on, now=now, actor=source)
        for arrival in batch:
            if arrival.loan_id not in done:
                acts.pay(
                    session, arrival.loan_id, payment_id=ids[arrival.code], amount=arrival.amount, day=day,
                    actor=source, now=now, order=order,
                )  # fmt: skip
    loans = sorted({arrival.loan_id for arrival in arrivals})
    mirror.show(session, loans=loans)
    delinquency.rebucket(session, loans)
    scope = [Loan.id.in_(rowsets.keys(session, loans))]
    bucket_history.note(session, on=on, now=now, scope=scope, source=source)


def _by_day(arrivals: Sequence[allocation.Arrival], on: date) -> list[tuple[date, list[allocation.Arrival]]]:
    """The arrivals, which come oldest first, by day; the second one of a loan in a day comes in a batch of its own."""
    found: dict[tuple[date, int], list[allocation.Arrival]] = {}
    times: Counter[tuple[date, int]] = Counter()
    for one in arrivals:
        # a sender's clock that is ahead earns nobody interest
        day = min(one.day, on)
        found.setdefault((day, times[day, one.loan_id]), []).append(one)
        times[day, one.loan_id] += 1
    return [(day, found[day, number]) for day, number in sorted(found)]


def _lock_loans(session: Session, rows: Sequence[NewPayment], *, on: date, now: datetime) -> tuple[list[int], set[int]]:
    """The ids of the loans in the order of the rows, and of those with a ledger.

    They are locked, and rolled when today's roll has not come yet.
    """
    payload = rowsets.encode(
        session,
        (
            {
                "n": number,
                "loan_id": row.loan_id,
                "code": None if row.loan_id is not None else row.loan_external_id,
            }
            for number, row in enumerate(rows)
        ),
    )
    statement = allocation.lock_statement(rowsets.dialect_of(session), few=len(rows) <= FEW)
    found, late, with_ledger = {}, set(), set()
    for row in session.execute(statement, {"rows": payload, "today": on}):
        found[row.n] = row.id
        if row.has_ledger:
            with_ledger.add(row.id)
        if row.behind or row.has_ledger:
            late.add(row.id)
    for number, new in enumerate(rows):
        if number not in found:
            name = new.loan_external_id if new.loan_id is None else f"#{new.loan_id}"
            raise NotFound(Text("There is no loan {name}.", "Займа {name} нет.").format(name=name), code="loan.unknown")
    if late:
        delinquency.roll(session, on=on, now=now, loans=sorted(late))
    return [found[number] for number in range(len(rows))], with_ledger


def _check_repeated(session: Session, repeated: dict[str, allocation.Arrival]) -> None:
    payload = rowsets.encode(session, ({"code": key} for key in repeated))
    given = rowsets.given(session, payload, {"code": SqlText()})
    known = session.execute(
        select(Payment.external_id, Payment.loan_id, Payment.amount).join(given, given.c.code == Payment.external_id)
    )
    for external_id, loan_id, amount in known:
        wanted = repeated[external_id]
        if (wanted.amount, wanted.loan_id) != (amount, loan_id):
            raise _differs(external_id)


def _differs(external_id: str) -> Conflict:
    return Conflict(
        Text(
            "Payment {id} is already recorded with another loan or amount.",
            "Платёж {id} уже записан с другим займом или другой суммой.",
        ).format(id=external_id),
        code="payment.differs",
    )
