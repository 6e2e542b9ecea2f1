"""The raw limit: copies of the engine's tables with the same columns, keys and indexes, and bare statements that write
the same rows into them, every value known beforehand, in transactions of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, func, insert, select, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.models import Base

Timer = Callable[[], float]
#: columns of a case that a tick changes
MOVED = ("node_id", "due_at", "outcome", "entered_at", "ended_at", "end_reason", "batch_id")


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
        """The copy made anew, with all rows of the original; not timed."""
        if name in self._made:
            with self._database.write() as session:
                self._made[name].drop(session.connection())
            self._metadata.remove(self._made.pop(name))
        copy = self.table(name)
        with self._database.write() as session:
            copy_rows(session, name, copy)
        return copy


def copy_rows(session: Session, name: str, copy: Table, which: ColumnElement[bool] | None = None) -> int:
    """INSERT..SELECT of the original's rows that `which` names; how many."""
    original = Base.metadata.tables[name]
    columns = [column.name for column in original.columns]
    rows = select(*original.columns)
    if which is not None:
        rows = rows.where(which)
    done = session.execute(
        insert(copy).from_select(columns, rows, include_defaults=False),
        execution_options={"preserve_rowcount": True},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def bring_level(session: Session, name: str, copy: Table, columns: Sequence[str], batch_id: int | None = None) -> int:
    """One UPDATE that gives the copy's rows (of cases: those that a batch moved) the original's values; how many."""
    original = Base.metadata.tables[name]
    statement = (
        update(copy).where(copy.c.id == original.c.id).values({column: original.c[column] for column in columns})
    )
    if batch_id is not None:
        trails = Base.metadata.tables["trails"]
        statement = statement.where(trails.c.batch_id == batch_id, trails.c.case_id == original.c.id)
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


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one bare transaction writes: the cases and trails of a batch, and rows of other tables."""

    batch_id: int
    rows: list[tuple[str, ColumnElement[bool]]]


class RawTick:
    """The bare writes of a tick: update the cases, insert their trails, messages and contacts, a batch at a time."""

    def __init__(self, database: Database, copies: Copies) -> None:
        """Before the tick."""
        self._database = database
        self._cases = copies.fill("cases")
        self._written = {name: copies.table(name) for name in ("trails", "messages", "contacts")}
        with database.read() as session:
            self._before = highest(session, *self._written)

    def run(self, timer: Timer, *, streams: int = 1) -> float:
        """After the tick: write the same; seconds, with so many connections side by side."""
        pieces = self._pieces()
        began = timer()
        if streams == 1:
            for piece in pieces:
                self._write(piece)
        else:
            with ThreadPoolExecutor(streams) as pool:
                list(pool.map(self._write, pieces))
        return timer() - began

    def _pieces(self) -> list[Piece]:
        """What each transaction writes. Messages and contacts lie in the order they were written: a share for each."""
        tables = Base.metadata.tables
        trails = tables["trails"]
        with self._database.read() as session:
            newer = trails.c.batch_id > self._before["trails"]
            batches = session.scalars(select(trails.c.batch_id).where(newer).distinct()).all()
            after = highest(session, *self._written)
        pieces: list[Piece] = []
        for number, batch_id in enumerate(sorted(batches)):
            rows = [("trails", trails.c.batch_id == batch_id)]
            for name in ("messages", "contacts"):
                first, last = self._before[name], after[name]
                share = (last - first) / len(batches)
                bounds = first + round(share * number) + 1, first + round(share * (number + 1))
                rows.append((name, tables[name].c.id.between(*bounds)))
            pieces.append(Piece(batch_id=batch_id, rows=rows))
        return pieces

    def _write(self, piece: Piece) -> None:
        with self._database.write() as session:
            bring_level(session, "cases", self._cases, MOVED, piece.batch_id)
            for name, which in piece.rows:
                copy_rows(session, name, self._written[name], which)


def timed(database: Database, timer: Timer, work: Callable[[Session], Any]) -> tuple[float, Any]:
    """Seconds of the work as one write transaction, commit included, and what it gave."""
    began = timer()
    with database.write() as session:
        result = work(session)
    return timer() - began, result
