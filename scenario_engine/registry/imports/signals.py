"""Signals of a file against the registry: news of loans, noted as if a person had, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Integer, and_, case, false, func, literal, null, or_, select, true, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from scenario_engine.models import Loan, Signal, UtcDateTime, table_of
from scenario_engine.models.signal import NEWS
from scenario_engine.registry import buckets, rowsets
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.imports.telling import Telling
from scenario_engine.texts import Text


class SignalMove:
    """One file of signals, staged; `columns` names the file's column for each target that it brings."""

    def __init__(self, staged: Staging, columns: Mapping[str, str], *, told: Telling, step: Callable[[], None]) -> None:
        self._staged = staged
        self._columns = columns
        self._told = told
        self._step = step

    def check(self, session: Session, problems: Problems) -> int:
        """Find ids that repeat, unknown loans, and ids known with another loan or kind; how many rows."""
        rows, signal = self._staged.table.c, Signal.__table__.c
        wrong = self._staged.refuse_repeated(session, problems, column=self._columns.get("external_id"))
        wrong += self._staged.find_loans(session, problems, column=self._columns.get("loan_id"))
        other = (
            select(rows.row, rows.external_id)
            .join(Signal, Signal.key == rows.external_id)
            .where(~rows.wrong, or_(Signal.loan_id != rows.loan_key, Signal.kind != rows.kind))
        )
        said = Text("This id belongs to another event.", "Этот номер уже занят другим событием.")
        for row, value in session.execute(other.order_by(rows.row).limit(problems.room)):
            column = self._columns.get("external_id")
            problems.add(row, Trouble(code="signal.differs", column=column, value=value, text=said))
        wrong += self._staged.mark_wrong(session, rows.row.in_(other.with_only_columns(rows.row)))
        self._staged.set(session, signal.key == rows.external_id, known=true())
        return wrong

    def count(self, session: Session) -> tuple[int, int]:
        """Rows that would add a signal; none is ever changed."""
        return self._staged.count(session, ~self._staged.table.c.known), 0

    def move(self, session: Session, *, today: date, now: datetime) -> None:
        """Note the new signals; news of bureau and bailiffs become the loan's state, the last row of a loan's wins."""
        rows = self._staged.table.c
        new = and_(~rows.wrong, ~rows.known)
        rowsets.lock_loans(session, select(rows.loan_key).where(new))
        for kind, (column, states) in NEWS.items():
            state = rows.data["state"].as_string()
            told = and_(new, rows.kind == kind, state.in_(states))
            last = select(func.max(rows.row)).where(told).group_by(rows.loan_key)
            session.execute(
                update(table_of(Loan))
                .where(Loan.id == rows.loan_key, rows.row.in_(last))
                .values({column: case(*((state == each, each) for each in states))}),
                execution_options={"synchronize_session": False},
            )
        self._step()
        buckets.write_signals(
            session,
            select(
                rows.external_id,
                rows.loan_key,
                rows.kind,
                literal(now, UtcDateTime()),
                rows.data,
                literal(self._told.source),
                false(),
                sql_cast(null(), Integer),
            )
            .where(new)
            .order_by(rows.row),
        )
