"""Payments of a file against the registry, and their recording through `registry.payments`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Index, or_, select, true, tuple_
from sqlalchemy.orm import Session

from scenario_engine.models import Payment
from scenario_engine.registry import rowsets
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.imports.telling import Telling
from scenario_engine.registry.payments import NewPayment, record
from scenario_engine.texts import Text

#: payments that are handed to `record` at a time
CHUNK = 5_000


class PaymentMove:
    """One file of payments, staged; `columns` names the file's column for each target that it brings."""

    def __init__(
        self, staged: Staging, columns: Mapping[str, str], *, told: Telling, time_zone: str, step: Callable[[], None]
    ) -> None:
        self._told = told
        self._staged = staged
        self._columns = columns
        self._time_zone = time_zone
        self._step = step

    def check(self, session: Session, problems: Problems) -> int:
        """Find ids that repeat, unknown loans, and payments known with another loan or amount; how many rows."""
        rows = self._staged.table.c
        wrong = self._staged.refuse_repeated(session, problems, column=self._columns.get("external_id"))
        payment = Payment.__table__.c
        wrong += self._staged.find_loans(session, problems, column=self._columns.get("loan_id"))
        other = (
            select(rows.row, rows.external_id)
            .join(Payment, Payment.external_id == rows.external_id)
            .where(~rows.wrong, or_(Payment.loan_id != rows.loan_key, Payment.amount != rows.amount))
        )
        for row, value in session.execute(other.order_by(rows.row).limit(problems.room)):
            said = Text(
                "This payment is already recorded with another loan or amount.",
                "Этот платёж уже записан с другим займом или другой суммой.",
            )
            problems.add(
                row, Trouble(code="payment.differs", column=self._columns.get("external_id"), value=value, text=said)
            )
        wrong += self._staged.mark_wrong(session, rows.row.in_(other.with_only_columns(rows.row)))
        self._staged.set(session, payment.external_id == rows.external_id, known=true())
        return wrong

    def count(self, session: Session) -> tuple[int, int]:
        """Rows that would add a payment; none is ever changed."""
        return self._staged.count(session, ~self._staged.table.c.known), 0

    def move(self, session: Session, *, today: date, now: datetime) -> None:
        """Record the new payments in the order in which they were made."""
        rows = self._staged.table.c
        rowsets.lock_loans(session, select(rows.loan_key).where(~rows.wrong, ~rows.known))
        Index("import_payments_paid", rows.paid_at, rows.row).create(session.connection())
        wanted = (
            select(rows.paid_at, rows.row, rows.external_id, rows.loan_key, rows.amount)
            .where(~rows.wrong, ~rows.known)
            .order_by(rows.paid_at, rows.row)
            .limit(CHUNK)
        )
        last: tuple[datetime, int] | None = None
        while True:
            self._step()
            page = wanted if last is None else wanted.where(tuple_(rows.paid_at, rows.row) > tuple_(*last))
            found = session.execute(page).all()
            if not found:
                return
            record(
                session,
                [
                    NewPayment(external_id=key, loan_id=loan, amount=amount, paid_at=at)
                    for at, _row, key, loan, amount in found
                ],
                now=now,
                source=self._told.source,
                time_zone=self._time_zone,
            )
            last = (found[-1][0], found[-1][1])
