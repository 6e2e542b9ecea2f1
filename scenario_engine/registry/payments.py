"""Money that comes in: recorded once, allocated to the schedule, told as signals. Cases are the engine's
affair.

Allocation: the instalment that fell due first is paid first, then the later ones; future instalments are
prepaid in order. What exceeds the whole debt stays visible as the payment's amount: the balance stops at 0
and nothing is allocated beyond the schedule. A loan serviced here whose balance reaches 0 is closed. A loan
mirrored from a core system (or one without a schedule) has no lines to pay: its balance and overdue debt go
down, never below 0, until the next import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Integer,
    String,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import Text as SqlText
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Instalment, Loan, Payment
from scenario_engine.models.base import UtcDateTime
from scenario_engine.registry import delinquency, rowsets
from scenario_engine.registry.days import local_day
from scenario_engine.sql import days_between
from scenario_engine.texts import Text

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


def record(session: Session, rows: Sequence[NewPayment], *, now: datetime, source: str, time_zone: str) -> Recorded:
    """Record the payments in the caller's transaction: all of them or, when an error is raised, none.

    Writes ``payment_received`` (``partial_payment`` while overdue debt remains) for each, and
    ``overdue_paid`` for the one that brought the overdue debt to 0; signals are dated `now`, the moment
    Kaskad learnt. A payment whose external id is known with the same loan and amount is skipped. Raises
    `Invalid` (amount, external id), `NotFound` (loan) and `Conflict` (external id known with another loan
    or amount).
    """
    _check(rows)
    if not rows:
        return Recorded(added=(), repeated=())
    session.flush()
    loan_ids = _resolve(session, rows)
    unique: dict[str, tuple[NewPayment, int]] = {}
    for row, loan_id in zip(rows, loan_ids, strict=True):
        earlier = unique.setdefault(row.external_id, (row, loan_id))
        if (earlier[0].amount, earlier[1]) != (row.amount, loan_id):
            raise _differs(row.external_id)
    on = local_day(now, time_zone)
    _lock_and_refresh(session, sorted({loan_id for _, loan_id in unique.values()}), on=on, now=now)
    added = _insert(session, unique, now=now, source=source)
    repeated = tuple(external_id for external_id in unique if external_id not in added)
    if repeated:
        _check_repeated(session, {key: unique[key] for key in repeated})
    if added:
        _apply(
            session,
            [
                {
                    "id": payment_id,
                    "loan_id": unique[key][1],
                    "amount": unique[key][0].amount,
                    "at": unique[key][0].paid_at,
                    "day": local_day(unique[key][0].paid_at, time_zone),
                }
                for key, payment_id in added.items()
            ],
            on=on,
            now=now,
            source=source,
        )
    rowsets.forget(session, Loan, (*delinquency.ROLLED_COLUMNS, "balance", "last_payment_on", "state"))
    rowsets.forget(session, Instalment, ("paid", "paid_on"))
    return Recorded(added=tuple(added.values()), repeated=repeated)


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


def _resolve(session: Session, rows: Sequence[NewPayment]) -> list[int]:
    """Loan ids in the order of the rows."""
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
    given = rowsets.given(session, payload, {"n": Integer(), "loan_id": BigInteger(), "code": SqlText()})
    by_id = select(given.c.n, Loan.id).join(Loan, Loan.id == given.c.loan_id)
    by_code = select(given.c.n, Loan.id).join(Loan, Loan.external_id == given.c.code)
    found = {row[0]: row[1] for row in session.execute(by_id.union_all(by_code))}
    for number, row in enumerate(rows):
        if number not in found:
            name = row.loan_external_id if row.loan_id is None else f"#{row.loan_id}"
            raise NotFound(Text("There is no loan {name}.", "Займа {name} нет.").format(name=name), code="loan.unknown")
    return [found[number] for number in range(len(rows))]


def _lock_and_refresh(session: Session, loan_ids: Sequence[int], *, on: date, now: datetime) -> None:
    """Lock the loans in the order of their ids, and roll those that today's roll has not reached yet."""
    rest = Instalment.amount - Instalment.paid
    due = (
        select(func.coalesce(func.sum(rest), 0))
        .where(Instalment.loan_id == Loan.id, rest > 0, Instalment.due_on < on)
        .correlate(Loan)
        .scalar_subquery()
    )
    aged = and_(Loan.overdue_since.is_not(None), days_between(literal(on, Date()), Loan.overdue_since) != Loan.dpd)
    behind = or_(aged, and_(delinquency.on_schedule(), due != Loan.overdue))
    found = session.execute(
        select(Loan.id, and_(Loan.state == "open", Loan.servicing == "kaskad", behind))
        .where(Loan.id.in_(rowsets.keys(session, loan_ids)))
        .order_by(Loan.id)
        # NO KEY: a tick that writes something about the loan need not wait
        .with_for_update(of=Loan, key_share=True)
    )
    late = [loan_id for loan_id, is_late in found if is_late]
    if late:
        delinquency.roll(session, on=on, now=now, loans=late)


def _insert(
    session: Session, unique: dict[str, tuple[NewPayment, int]], *, now: datetime, source: str
) -> dict[str, int]:
    """Write the payments that are new; gives their ids by external id, in the order they were given."""
    payload = rowsets.encode(
        session,
        (
            {"code": key, "loan_id": loan_id, "amount": row.amount, "at": row.paid_at}
            for key, (row, loan_id) in unique.items()
        ),
    )
    given = rowsets.given(
        session,
        payload,
        {"code": SqlText(), "loan_id": BigInteger(), "amount": BigInteger(), "at": UtcDateTime()},
    )
    chosen = select(
        given.c.code,
        given.c.loan_id,
        given.c.amount,
        given.c.at,
        literal(now, UtcDateTime()),
        literal(source),
    ).where(given.c.amount > 0)
    written = session.execute(
        rowsets.insert_into(session, Payment)
        .from_select(["external_id", "loan_id", "amount", "paid_at", "recorded_at", "source"], chosen)
        .on_conflict_do_nothing(index_elements=["external_id"])
        .returning(Payment.__table__.c.external_id, Payment.__table__.c.id)
    )
    ids = {row[0]: row[1] for row in written}
    return {key: ids[key] for key in unique if key in ids}


def _check_repeated(session: Session, repeated: dict[str, tuple[NewPayment, int]]) -> None:
    payload = rowsets.encode(session, ({"code": key} for key in repeated))
    given = rowsets.given(session, payload, {"code": SqlText()})
    known = session.execute(
        select(Payment.external_id, Payment.loan_id, Payment.amount).join(given, given.c.code == Payment.external_id)
    )
    for external_id, loan_id, amount in known:
        row, wanted = repeated[external_id]
        if (row.amount, wanted) != (amount, loan_id):
            raise _differs(external_id)


def _differs(external_id: str) -> Conflict:
    return Conflict(
        Text(
            "Payment {id} is already recorded with another loan or amount.",
            "Платёж {id} уже записан с другим займом или другой суммой.",
        ).format(id=external_id),
        code="payment.differs",
    )


def _apply(session: Session, news: list[dict[str, Any]], *, on: date, now: datetime, source: str) -> None:
    payload = rowsets.encode(session, news)
    given = rowsets.given(
        session,
        payload,
        {
            "id": BigInteger(),
            "loan_id": BigInteger(),
            "amount": BigInteger(),
            "at": UtcDateTime(),
            "day": Date(),
        },
    )
    #: what came in for the loan up to and with this payment
    upto = func.sum(given.c.amount).over(partition_by=given.c.loan_id, order_by=(given.c.at, given.c.id))
    arrived = select(given, upto.label("upto")).cte("arrived")
    _tell(session, arrived, now=now, source=source)
    _allocate(session, arrived)
    _lower_balances(session, arrived)
    loan_ids = sorted({row["loan_id"] for row in news})
    delinquency.measure(session, on=on, loans=rowsets.keys(session, loan_ids), buckets=delinquency.BUCKETS)
    _close_repaid(session, loan_ids)


def _tell(session: Session, arrived: CTE, *, now: datetime, source: str) -> None:
    """The signals, told while the loans still show what was overdue before."""
    cures = and_(
        or_(Loan.overdue > 0, Loan.dpd > 0),
        arrived.c.upto >= Loan.overdue,
        or_(arrived.c.upto - arrived.c.amount < Loan.overdue, arrived.c.upto == arrived.c.amount),
    )

    def rows(prefix: str, kind: Any) -> Any:
        return select(
            literal(prefix, String) + sql_cast(arrived.c.id, String),
            arrived.c.loan_id,
            kind,
            literal(now, UtcDateTime()),
            rowsets.document({"amount": arrived.c.amount}),
            literal(source),
            false(),
            arrived.c.id,
        ).join(Loan, Loan.id == arrived.c.loan_id)

    kind = case((arrived.c.upto < Loan.overdue, "partial_payment"), else_="payment_received")
    received = rows("payment:", kind)
    cured = rows("overdue_paid:", literal("overdue_paid")).where(cures)
    delinquency.write_signals(session, received.where(arrived.c.amount > 0))
    delinquency.write_signals(session, cured)


def _allocate(session: Session, arrived: CTE) -> None:
    """Pay the open instalments oldest first: a line gets what is left after those before it."""
    rest = Instalment.amount - Instalment.paid
    totals = (
        select(arrived.c.loan_id, func.sum(arrived.c.amount).label("total")).group_by(arrived.c.loan_id).cte("totals")
    )
    lines = (
        select(
            Instalment.id,
            Instalment.loan_id,
            rest.label("rest"),
            func.sum(rest)
            .over(partition_by=Instalment.loan_id, order_by=(Instalment.due_on, Instalment.number))
            .label("upto"),
        )
        .join(Loan, Loan.id == Instalment.loan_id)
        .where(Loan.servicing == "kaskad", rest > 0, Instalment.loan_id.in_(select(totals.c.loan_id)))
        .cte("lines")
    )
    left = totals.c.total - (lines.c.upto - lines.c.rest)
    parts = (
        select(
            lines.c.id,
            case((left < lines.c.rest, left), else_=lines.c.rest).label("part"),
            arrived.c.day.label("paid_on"),
        )
        .join(totals, totals.c.loan_id == lines.c.loan_id)
        .outerjoin(
            arrived,
            and_(
                arrived.c.loan_id == lines.c.loan_id,
                arrived.c.upto >= lines.c.upto,
                arrived.c.upto - arrived.c.amount < lines.c.upto,
            ),
        )
        .where(left > 0)
        .subquery("parts")
    )
    session.execute(
        update(Instalment)
        .where(Instalment.id == parts.c.id)
        .values(
            paid=Instalment.paid + parts.c.part,
            paid_on=func.coalesce(parts.c.paid_on, Instalment.paid_on),
        ),
        execution_options={"synchronize_session": False},
    )


def _lower_balances(session: Session, arrived: CTE) -> None:
    totals = (
        select(
            arrived.c.loan_id,
            func.sum(arrived.c.amount).label("total"),
            func.max(arrived.c.day).label("day"),
        )
        .group_by(arrived.c.loan_id)
        .subquery("totals")
    )
    overdue = rowsets.at_least_zero(Loan.overdue - totals.c.total)
    #: measured by the schedule in the next statement, or cured by this money
    free = ~delinquency.on_schedule()
    cured = and_(free, Loan.overdue <= totals.c.total)
    session.execute(
        update(Loan)
        .where(Loan.id == totals.c.loan_id)
        .values(
            balance=rowsets.at_least_zero(Loan.balance - totals.c.total),
            last_payment_on=case((Loan.last_payment_on > totals.c.day, Loan.last_payment_on), else_=totals.c.day),
            overdue=case((free, overdue), else_=Loan.overdue),
            overdue_since=case((cured, null()), else_=Loan.overdue_since),
            dpd=case((cured, 0), else_=Loan.dpd),
            bucket=case((cured, delinquency.BUCKETS[0].key), else_=Loan.bucket),
        ),
        execution_options={"synchronize_session": False},
    )


def _close_repaid(session: Session, loan_ids: Sequence[int]) -> None:
    unpaid = exists().where(Instalment.loan_id == Loan.id, Instalment.paid < Instalment.amount)
    session.execute(
        update(Loan)
        .where(
            Loan.id.in_(rowsets.keys(session, loan_ids)),
            Loan.servicing == "kaskad",
            Loan.state == "open",
            Loan.balance == 0,
            ~unpaid,
        )
        .values(state="closed", next_due_on=None, next_due_amount=None),
        execution_options={"synchronize_session": False},
    )
