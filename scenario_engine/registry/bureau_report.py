"""What a day changed on the ledgers, as the credit bureau is told of it (RUTDF): events, and their segments.

Events: 2.3 the performance changed, 2.5 the contract ended, 2.6 a court decided, 2.11 the claim went to another.
Segments: C25 arrears, C26 what is due, C27 what is past due, C28 payments, C39 the court.

A day reports what was *written down* on it, as it was known at its end. Ledgers are appended to and never changed, so a
past day gives the same file for ever; a correction of an earlier day is reported on the day on which it was made.

Not settled by any source we have, and therefore not claimed: the blocks about the person and the contract (C1–C24),
separators, encoding and envelope, and the numbers of the columns. Here each segment is one line: its name, then its
values in the order of `SEGMENTS`, sums in roubles. Loans that are kept elsewhere have no ledger and are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from scenario_engine.errors import Invalid
from scenario_engine.models import Loan, LoanEvent
from scenario_engine.registry.days import end_of, start_of
from scenario_engine.texts import Text

PERFORMANCE, ENDED, COURT, ASSIGNED = "2.3", "2.5", "2.6", "2.11"
#: segment → what its values are
SEGMENTS: Mapping[str, Sequence[str]] = {
    "C25": ("is there arrears", "owed in all", "principal", "interest", "penalty and fees"),
    "C26": ("not yet due in all", "principal", "interest", "fees"),
    "C27": ("past due since", "days past due", "past due in all", "principal", "interest", "penalty"),
    "C28": ("paid on the day", "last payment on", "paid in all"),
    "C39": ("act", "written down on", "awarded principal", "interest", "penalty", "fees", "costs"),
}
#: what tells of the performance; days that only bring interest do not
_TELLING = (
    "fell_due", "payment", "reversal", "corrected", "prolonged", "redrawn", "restructured", "holidays",
    "paused", "resumed",
)  # fmt: skip
#: after midnight, what was begun before it may still be on its way
_REST = timedelta(hours=1)
_PARTS = ("principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee")

Segment = list[str]


def check_day(day: date, *, now: datetime, time_zone: str) -> None:
    """Raises `Invalid` for a day that is not over."""
    if now < end_of(day, time_zone) + _REST:
        raise Invalid(
            Text(
                "The day is not over: report it an hour after midnight.",
                "День ещё не кончился: отчёт можно сделать через час после полуночи.",
            ),
            code="report.day",
        )


def events(session: Session, day: date, *, time_zone: str) -> Iterator[list[Segment]]:
    """Each event as its segments, by the number of the loan."""
    begin, end = start_of(day, time_zone), end_of(day, time_zone)
    rows = session.execute(_standings(begin, end).execution_options(yield_per=500))
    for row in rows:
        for code in _codes(row):
            yield _event(code, row, day)


def _standings(begin: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    """How every loan that the day touched stood at its end, and what had happened."""
    on_day = and_(LoanEvent.recorded_at >= begin, LoanEvent.recorded_at < end)
    touched = select(LoanEvent.loan_id).where(on_day, LoanEvent.kind != "accrued").distinct()
    known = (
        select(
            LoanEvent.id, LoanEvent.loan_id, LoanEvent.kind, LoanEvent.day, LoanEvent.recorded_at, LoanEvent.paid,
            LoanEvent.balance.label("balance"), *(getattr(LoanEvent, part) for part in _PARTS),
            func.sum(LoanEvent.principal_overdue + LoanEvent.interest_overdue)
            .over(partition_by=LoanEvent.loan_id, order_by=LoanEvent.id).label("late"),
        )
        .where(LoanEvent.loan_id.in_(touched), LoanEvent.recorded_at < end)
        .subquery("known")
    ).c  # fmt: skip
    # past due without a break since the first event after the last one that left nothing past due
    was_clear = (
        select(known.loan_id.label("loan_id"), func.max(known.id).label("id"))
        .where(known.late <= 0)
        .group_by(known.loan_id)
        .subquery("was_clear")
    )  # fmt: skip
    since = (
        select(known.loan_id.label("loan_id"), func.min(known.day).label("day"))
        .outerjoin(was_clear, was_clear.c.loan_id == known.loan_id)
        .where(known.id > func.coalesce(was_clear.c.id, 0))
        .group_by(known.loan_id)
        .subquery("since")
    )
    today = and_(known.recorded_at >= begin, known.recorded_at < end)
    judged, sold = known.kind == "judged", known.kind == "sold"
    sums = (
        select(
            known.loan_id.label("loan_id"),
            *(func.sum(known[part]).label(part) for part in _PARTS),
            func.sum(known.balance).label("owed"),
            _sum(known.recorded_at < begin, known.balance).label("owed_before"),
            _sum(today, known.paid).label("paid_today"),
            func.sum(known.paid).label("paid"),
            func.max(case((known.kind == "payment", known.day))).label("paid_on"),
            _any(and_(today, known.kind.in_(_TELLING))).label("is_told"),
            _any(and_(today, known.kind == "issued")).label("is_new"),
            _any(and_(today, judged)).label("is_judged"),
            _any(and_(today, sold)).label("is_sold"),
            _any(sold).label("was_sold"),
            func.max(case((judged, known.id))).label("act_id"),
        )
        .group_by(known.loan_id)
        .subquery("sums")
    )
    return (
        select(
            Loan.external_id, *sums.c, since.c.day.label("since"), LoanEvent.data,
            LoanEvent.day.label("act_day"),
        )
        .join(sums, sums.c.loan_id == Loan.id)
        .outerjoin(since, since.c.loan_id == Loan.id)
        .outerjoin(LoanEvent, LoanEvent.id == sums.c.act_id)
        .order_by(Loan.external_id, Loan.id)
    )  # fmt: skip


def _sum(when: ColumnElement[bool], what: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(case((when, what), else_=0))


def _any(when: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((when, 1), else_=0))


def _codes(row: Row[*tuple[Any, ...]]) -> list[str]:
    found = []
    if row.is_judged:
        found.append(COURT)
    if row.is_sold:
        found.append(ASSIGNED)
    elif not row.owed and (row.owed_before or row.is_new):
        found.append(ENDED)
    elif row.is_told and not row.was_sold:
        found.append(PERFORMANCE)
    return sorted(found)


def _event(code: str, row: Row[*tuple[Any, ...]], day: date) -> list[Segment]:
    due = row.principal + row.interest
    late = row.principal_overdue + row.interest_overdue
    # the day after it fell due is the first
    days = (day - row.since).days + 1 if late > 0 and row.since else 0
    segments: list[Segment] = [
        ["EVENT", code, row.external_id, day.isoformat()],
        ["C25", _yes(row.owed), _roubles(row.owed), _roubles(row.principal + row.principal_overdue),
         _roubles(row.interest + row.interest_overdue), _roubles(row.penalty + row.fee)],
        ["C26", _roubles(due + row.fee), _roubles(row.principal), _roubles(row.interest), _roubles(row.fee)],
        ["C27", row.since.isoformat() if late > 0 and row.since else "", str(days), _roubles(late + row.penalty),
         _roubles(row.principal_overdue), _roubles(row.interest_overdue), _roubles(row.penalty)],
        ["C28", _roubles(row.paid_today), row.paid_on.isoformat() if row.paid_on else "", _roubles(row.paid)],
    ]  # fmt: skip
    if row.act_id is not None:
        more = (row.data or {}).get("more", {})
        awarded = (_roubles(int(more.get(name) or 0)) for name in ("principal", "interest", "penalty", "fee", "costs"))
        segments.append(["C39", str(more.get("act", "")), row.act_day.isoformat(), *awarded])
    return segments


def _yes(kopecks: int) -> str:
    return "1" if kopecks else "0"


def _roubles(kopecks: int) -> str:
    """``12480,50``."""
    whole, rest = divmod(abs(int(kopecks)), 100)
    return f"{'-' if kopecks < 0 else ''}{whole},{rest:02}"
