"""Payments of a file against the registry, and their recording through `registry.payments`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Index, or_, select, true, tuple_, update
from sqlalchemy.orm import Session

from scenario_engine.models import Loan, Payment
from scenario_engine.registry import rowsets
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.registry.imports.outcome import ProblemList
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.payments import NewPayment, record
from scenario_engine.texts import Text

#: payments that are handed to `record` at a time
CHUNK = 5_000


class PaymentMove:
    """One file of payments, staged; `columns` names the file's column for each target that it brings."""

    def __init__(
        self, staged: Staging, columns: Mapping[str, str], *, time_zone: str, step: Callable[[], None]
    ) -> None:
        self._staged = staged
        self._columns = columns
        self._time_zone = time_zone
        self._step = step

    def check(self, session: Session, problems: ProblemList) -> int:
        """Find ids that repeat, unknown loans, and payments known with another loan or amount; how many rows."""
        rows = self._staged.table.c
        wrong = self._staged.refuse_repeated(session, problems, column=self._columns.get("external_id"))
        quiet = {"synchronize_session": False}
        loan, payment = Loan.__table__.c, Payment.__table__.c
        session.execute(
            update(self._staged.table).where(~rows.wrong, loan.external_id == rows.loan_id).values(loan_key=loan.id),
            execution_options=quiet,
        )
        lost = select(rows.row, rows.loan_id).where(~rows.wrong, rows.loan_key.is_(None))
        for row, value in session.execute(lost.order_by(rows.row).limit(problems.room)):
            said = Text("There is no such loan.", "Такого займа нет.")
            problems.add(row, Trouble(code="loan.unknown", column=self._columns.get("loan_id"), value=value, text=said))
        wrong += self._staged.mark_wrong(session, rows.loan_key.is_(None))
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
        session.execute(
            update(self._staged.table).where(~rows.wrong, payment.external_id == rows.external_id).values(known=true()),
            execution_options=quiet,
        )
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
                source="import",
                time_zone=self._time_zone,
            )
            last = (found[-1][0], found[-1][1])
