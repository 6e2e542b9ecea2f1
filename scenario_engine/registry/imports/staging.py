"""Rows of a file between reading and moving: a temporary table that only one import sees, gone when it ends.

It lives in the database rather than in Python, so a file of any length costs the same memory, and SQL finds what
concerns many rows at once. Being temporary it holds no lock on SQLite's one writer, and a kill leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from scenario_engine.database import WRITE, Database
from scenario_engine.models import Loan
from scenario_engine.models.base import UtcDateTime
from scenario_engine.registry import rowsets
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.targets import TARGETS
from scenario_engine.texts import Text

#: one import at a time moves its rows: the key of PostgreSQL's advisory lock for it ("impo")
MOVE_LOCK = 0x696D706F

_TYPES: Mapping[str, TypeEngine[Any]] = {
    "money": BigInteger(),
    "days": Integer(),
    "number": Integer(),
    "day": Date(),
    "instant": UtcDateTime(),
    "document": JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
}

#: what is noted of a person, in a file of borrowers and in one of loans
_OF_BORROWER: Mapping[str, TypeEngine[Any]] = {
    "lot": BigInteger(),
    "time_zone": String(40),
    "borrower_key": BigInteger(),
    #: its values are the borrower's: the last of the borrower's rows
    "speaks": Boolean(),
    "changed": Boolean(),
    "contact_changed": Boolean(),
    #: nobody knew this borrower before
    "fresh": Boolean(),
}

#: what the import itself notes beside the file's values; flags are false at first
_NOTES: Mapping[str, Mapping[str, TypeEngine[Any]]] = {
    "borrowers": _OF_BORROWER,
    "loans": {
        **_OF_BORROWER,
        "product_key": BigInteger(),
        #: the schedule kept here decides the numbers, not the file
        "scheduled": Boolean(),
        "old_bucket": String(10),
        "old_overdue": BigInteger(),
        "old_dpd": Integer(),
    },
    "payments": {"known": Boolean()},
    "signals": {"known": Boolean()},
}


def table_for(kind: str) -> Table:
    """The staging table for files of this kind."""
    return Table(
        f"import_{kind}",
        MetaData(),
        Column("row", Integer, primary_key=True, autoincrement=False),
        Column("wrong", Boolean, nullable=False),
        Column("loan_key", BigInteger),
        *(Column(target.key, _TYPES.get(target.type, String(target.limit))) for target in TARGETS[kind]),
        *(Column(name, note) for name, note in _NOTES[kind].items()),
        prefixes=["TEMPORARY"],
        # room on each page for what is noted later, so that PostgreSQL changes a row where it stands
        postgresql_with={"fillfactor": 40},
    )


def empty_row(kind: str) -> dict[str, Any]:
    """A staged row without values: flags are false, the rest is null."""
    return {column.name: False if isinstance(column.type, Boolean) else None for column in table_for(kind).columns}


class Staging:
    """The staged rows of one import."""

    def __init__(self, connection: Connection, kind: str) -> None:
        self.table = table_for(kind)
        self._connection = connection
        self._insert = insert(self.table)
        if connection.dialect.name == "sqlite":
            # on disk: the database's own connections keep temporary tables in memory
            cursor = connection.connection.cursor()  # beside the transaction: inside one it cannot be changed
            cursor.execute("PRAGMA temp_store=FILE")
            cursor.close()
        self.table.create(connection)
        connection.commit()

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Stage these rows."""
        if rows:
            self._connection.execute(self._insert, rows)
            self._connection.commit()

    def complete(self) -> None:
        """All rows are in: have the database learn how many there are, and of what kind."""
        self._connection.execute(text(f"ANALYZE {self.table.name}"))
        self._connection.commit()

    @contextmanager
    def settle(self) -> Iterator[Session]:
        """The one transaction that checks the rows against the registry and moves them, or does nothing."""
        self._connection.execution_options(**{WRITE: True})
        with Session(self._connection, expire_on_commit=False) as session, session.begin():
            if rowsets.dialect_of(session) == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(MOVE_LOCK)))
            yield session

    def refuse_repeated(self, session: Session, problems: Problems, *, column: str | None) -> int:
        """Mark rows whose id stands in an earlier row; gives how many were not wrong before."""
        rows = self.table.c
        first = func.min(rows.row).over(partition_by=rows.external_id)
        ranked = (
            select(rows.row, rows.external_id, first.label("first")).where(rows.external_id.is_not(None)).subquery()
        )
        repeated = select(ranked).where(ranked.c.row > ranked.c.first)
        for row, value, earlier in session.execute(repeated.order_by(ranked.c.row).limit(problems.room)):
            said = Text("This id stands in row {row} already.", "Этот номер уже есть в строке {row}.").format(
                row=earlier
            )
            problems.add(row, Trouble(code="row.repeated", column=column, value=value, text=said))
        return self.mark_wrong(session, rows.row.in_(repeated.with_only_columns(ranked.c.row)))

    def find_loans(self, session: Session, problems: Problems, *, column: str | None) -> int:
        """Find the loan that each row names, and mark the rows that name none; how many were not wrong before."""
        rows, loan = self.table.c, Loan.__table__.c
        self.set(session, loan.external_id == rows.loan_id, loan_key=loan.id)
        lost = select(rows.row, rows.loan_id).where(~rows.wrong, rows.loan_key.is_(None))
        for row, value in session.execute(lost.order_by(rows.row).limit(problems.room)):
            said = Text("There is no such loan.", "Такого займа нет.")
            problems.add(row, Trouble(code="loan.unknown", column=column, value=value, text=said))
        return self.mark_wrong(session, rows.loan_key.is_(None))

    def mark_wrong(self, session: Session, which: Any) -> int:
        """Mark the rows that `which` names; gives how many were not wrong before."""
        return rowsets.changed(session, update(self.table).where(~self.table.c.wrong, which).values(wrong=True))

    def set(self, session: Session, *which: Any, **values: Any) -> None:
        """Note these values on the right rows that `which` names."""
        session.execute(
            update(self.table).where(~self.table.c.wrong, *which).values(**values),
            execution_options={"synchronize_session": False},
        )

    def count(self, session: Session, *which: Any) -> int:
        """How many right rows there are, of those that `which` names."""
        return session.scalar(select(func.count()).select_from(self.table).where(~self.table.c.wrong, *which)) or 0


@contextmanager
def staging(database: Database, kind: str) -> Iterator[Staging]:
    """An empty staging table on a connection of its own, which is closed for good at the end."""
    with database.engine.connect() as connection:
        connection.detach()
        yield Staging(connection, kind)
