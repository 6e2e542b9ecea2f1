"""The raw limit: copies of the engine's tables with the same columns, keys and indexes, and bare statements that write
the same rows into them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, MetaData, Table, func, insert, select, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.models import Base

Timer = Callable[[], float]


class Copies:
    """Empty copies of tables, made when they are asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._metadata = MetaData(naming_convention=Base.metadata.naming_convention)
        for table in Base.metadata.sorted_tables:
            table.to_metadata(self._metadata)  # so that foreign keys of the copies find what they point to
        self._made: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """The copy of the engine's table of that name."""
        if name not in self._made:
            copy = Base.metadata.tables[name].to_metadata(self._metadata, name=f"raw_{name}")
            named: list[Any] = [*copy.indexes, *copy.constraints]
            for part in named:
                if part.name:
                    part.name = f"raw_{part.name}"
            with self._database.write() as session:
                copy.create(session.connection())
            self._made[name] = copy
        return self._made[name]

    def fill(self, name: str) -> Table:
        """The copy, with all rows of the original; not timed."""
        copy = self.table(name)
        with self._database.write() as session:
            copy_rows(session, name, copy)
        return copy


def copy_rows(session: Session, name: str, copy: Table, above: int = 0) -> int:
    """INSERT..SELECT of the original's rows with a larger number than `above`, see `_number`; how many."""
    original = Base.metadata.tables[name]
    columns = [column.name for column in original.columns]
    rows = select(*original.columns).where(_number(original) > above)
    done = session.execute(
        insert(copy).from_select(columns, rows, include_defaults=False),
        execution_options={"preserve_rowcount": True},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def bring_level(session: Session, name: str, copy: Table, columns: Sequence[str]) -> int:
    """One UPDATE that gives the copy's rows the original's values in these columns; how many rows."""
    original = Base.metadata.tables[name]
    statement = (
        update(copy).where(copy.c.id == original.c.id).values({column: original.c[column] for column in columns})
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def highest(session: Session, *names: str) -> dict[str, int]:
    """The highest number of each table, see `_number`."""
    found = {}
    for name in names:
        number = _number(Base.metadata.tables[name])
        found[name] = int(session.execute(select(func.coalesce(func.max(number), 0))).scalar_one())
    return found


def _number(table: Table) -> Column[Any]:
    """What newer rows have more of: the id, of trails the batch."""
    return table.c.id if "id" in table.c else table.c.batch_id


def timed(database: Database, timer: Timer, work: Callable[[Session], Any]) -> tuple[float, Any]:
    """Seconds of the work as one write transaction, commit included, and what it gave."""
    began = timer()
    with database.write() as session:
        result = work(session)
    return timer() - began, result
