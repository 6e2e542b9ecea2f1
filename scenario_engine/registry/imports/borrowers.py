"""Borrowers of staged rows against the registry: of a file of borrowers, or beside the loans of a file of loans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, and_, false, func, literal, or_, select, true, update
from sqlalchemy.orm import Session

from scenario_engine.contacts import points, stops
from scenario_engine.models import Borrower, Loan, table_of
from scenario_engine.models.borrower import USUAL_LANGUAGE
from scenario_engine.models.contact_point import POINT_KINDS
from scenario_engine.registry import rowsets
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.imports.telling import Telling

_COLUMNS = (
    "full_name", "birth_date", "phone", "email", "messenger", "postal_address", "region", "language", "contact_stop",
)  # fmt: skip


class BorrowerRows:
    """What staged rows say of persons; `code` is the column with the outside id of each."""

    def __init__(self, staged: Staging, columns: Mapping[str, str], code: ColumnElement[str]) -> None:
        self._staged = staged
        self._rows: Table = staged.table
        self._columns = columns
        self._code = code

    def find(self, session: Session) -> None:
        """Whose rows these are, and which of a borrower's right rows speaks: after wrong ones were marked."""
        rows, borrower = self._rows.c, Borrower.__table__.c
        last = select(func.max(rows.row)).where(~rows.wrong).group_by(self._code)
        self._staged.set(session, rows.row.in_(last), speaks=true())
        self._staged.set(session, borrower.external_id == self._code, borrower_key=borrower.id)

    def compare(self, session: Session) -> None:
        """Mark the rows that would change a person, and those that bring other contacts."""
        rows, borrower = self._rows.c, Borrower.__table__.c
        told = self._values()
        if not told:
            return
        known = and_(rows.speaks, borrower.id == rows.borrower_key)
        others = [borrower[name].is_distinct_from(value) for name, value in told.items()]
        self._staged.set(session, known, or_(*others), changed=true())
        contacts = [borrower[name].is_distinct_from(told[name]) for name in POINT_KINDS if name in told]
        if contacts:
            self._staged.set(session, known, or_(*contacts), contact_changed=true())

    def _values(self) -> dict[str, ColumnElement[Any]]:
        rows, borrower = self._rows.c, Borrower.__table__.c
        values: dict[str, ColumnElement[Any]] = {name: rows[name] for name in _COLUMNS if name in self._columns}
        if "full_name" in values:
            values["full_name"] = func.coalesce(rows.full_name, borrower.full_name)
        if "language" in values:
            values["language"] = func.coalesce(rows.language, borrower.language)
        if "contact_stop" in values:
            # a stop that was set here or there holds: no file lifts it
            values["contact_stop"] = func.coalesce(borrower.contact_stop, rows.contact_stop)
        if "region" in values:
            values["time_zone"] = rows.time_zone
        return values

    def write(self, session: Session, *, now: datetime) -> None:
        """Change the known persons and add the others."""
        rows, borrower = self._rows.c, Borrower.__table__.c
        values = self._values()
        if values:
            session.execute(
                update(table_of(Borrower))
                .where(borrower.id == rows.borrower_key, rows.speaks, rows.changed, ~rows.wrong)
                .values(**values)
            )
        brought = [kind for kind in POINT_KINDS if kind in self._columns]
        others = select(rows.borrower_key).where(rows.contact_changed, ~rows.wrong)
        points.adopt(session, others, kinds=brought, source="import", now=now)
        if "contact_stop" in values:
            stops.cancel_of(session, select(rows.borrower_key).where(rows.changed, ~rows.wrong))
        self._staged.set(session, and_(rows.speaks, ~rows.wrong, rows.borrower_key.is_(None)), fresh=true())
        names = ("external_id", "full_name", *_COLUMNS[1:], "time_zone", "lot", "loans_count", "demo")
        new = (
            select(
                self._code,
                func.coalesce(rows.full_name, literal("№ ", String) + self._code),
                *(
                    func.coalesce(rows.language, USUAL_LANGUAGE) if name == "language" else rows[name]
                    for name in (*_COLUMNS[1:], "time_zone", "lot")
                ),
                literal(0),
                false(),
            )
            .where(rows.speaks, ~rows.wrong, rows.borrower_key.is_(None))
            .order_by(rows.row)
        )
        added = rowsets.changed(session, rowsets.insert_into(session, Borrower).from_select(names, new))
        rowsets.count_anew(session, Borrower, added)
        self._staged.set(
            session, rows.borrower_key.is_(None), borrower.external_id == self._code, borrower_key=borrower.id
        )
        points.adopt(session, select(rows.borrower_key).where(rows.fresh), kinds=brought, source="import", now=now)

    def tell(self, session: Session, told: Telling, *, now: datetime) -> None:
        """Changed contacts, as a signal for each open loan of the person."""
        rows = self._rows.c
        told.write(
            session,
            "contact_data_changed",
            now=now,
            data=told.origin,
            joined=(self._rows, Loan.borrower_id == rows.borrower_key),
            which=and_(~rows.wrong, rows.contact_changed, Loan.state == "open"),
        )


class BorrowerMove:
    """One file of borrowers, staged; `columns` names the file's column for each target that it brings."""

    def __init__(self, staged: Staging, columns: Mapping[str, str], *, told: Telling, step: Callable[[], None]) -> None:
        self._staged = staged
        self._columns = columns
        self._told = told
        self._step = step
        self._borrowers = BorrowerRows(staged, columns, staged.table.c.external_id)

    def check(self, session: Session, problems: Problems) -> int:
        """Find ids that repeat; how many rows."""
        wrong = self._staged.refuse_repeated(session, problems, column=self._columns.get("external_id"))
        self._borrowers.find(session)
        self._borrowers.compare(session)
        return wrong

    def count(self, session: Session) -> tuple[int, int]:
        """Rows that would add a borrower, and rows that would change one."""
        rows = self._staged.table.c
        return (
            self._staged.count(session, rows.borrower_key.is_(None)),
            self._staged.count(session, rows.borrower_key.is_not(None), rows.changed),
        )

    def move(self, session: Session, *, today: date, now: datetime) -> None:
        """Write the borrowers, and tell whose contacts are others now."""
        self._borrowers.write(session, now=now)
        self._step()
        self._borrowers.tell(session, self._told, now=now)
