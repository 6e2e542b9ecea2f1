"""From the rows of a file to rows of the staging table, one after the other, by a mapping that was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scenario_engine.registry.imports.cell import BadCell, Read, Surroundings
from scenario_engine.registry.imports.cells import reader
from scenario_engine.registry.imports.layout import FileLook, Row, Trouble
from scenario_engine.registry.imports.regions import ZONES
from scenario_engine.registry.imports.staging import empty_row
from scenario_engine.registry.imports.targets import targets_of
from scenario_engine.texts import Text

_EMPTY = Text("The cell is empty, but the value is required.", "Ячейка пуста, а значение обязательно.")

#: fills in what follows from the file's values
Complete = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class _Source:
    key: str
    place: int
    read: Read
    column: str
    required: bool


class RowReader:
    """Reads the rows of one file."""

    def __init__(self, kind: str, look: FileLook, mapping: Mapping[str, Any], surroundings: Surroundings) -> None:
        self._kind = kind
        self._template = empty_row(kind)
        self._sources: list[_Source] = []
        self.columns: dict[str, str] = {}
        for key, target in targets_of(kind).items():
            entry = mapping.get(key) or {}
            if entry.get("column") is not None:
                read = reader(target, entry, surroundings)
                name = str(entry["column"])
                self._sources.append(
                    _Source(key=key, place=look.places[name], read=read, column=name, required=target.required)
                )
                self.columns[key] = name
            elif entry.get("constant") is not None:
                self._template[key] = reader(target, entry, surroundings)(entry["constant"])
                self.columns[key] = "="
        self._complete: Complete | None = None
        if kind == "loans":
            self._complete = _loan_completion(self.columns, surroundings)
        elif kind == "borrowers":
            self._complete = _borrower_completion(surroundings, "external_id")
        elif kind == "signals":
            self._complete = _fill_details

    def read(self, row: Row) -> tuple[dict[str, Any] | None, Sequence[Trouble]]:
        """The row for the staging table (None: its cells cannot be told apart), and what is wrong with it."""
        if row.trouble is not None:
            return None, (row.trouble,)
        values = self._template.copy()
        values["row"] = row.number
        troubles: list[Trouble] = []
        cells = row.cells
        for source in self._sources:
            cell = cells[source.place]
            try:
                value = source.read(cell)
            except BadCell as error:
                troubles.append(Trouble(code=error.code, column=source.column, value=str(cell), text=error.text))
                continue
            if value is None and source.required:
                troubles.append(Trouble(code="cell.empty", column=source.column, value="", text=_EMPTY))
            values[source.key] = value
        if troubles:
            # the id alone is kept, so that a repeated one is found all the same
            wrong = self._template | {"row": row.number, "wrong": True, "external_id": values["external_id"]}
            return wrong, troubles
        if self._complete is not None:
            self._complete(values)
        return values, ()


def _fill_details(row: dict[str, Any]) -> None:
    row["data"] = row["data"] or {}


def _borrower_completion(around: Surroundings, code: str) -> Complete:
    zones, home = ZONES, around.time_zone

    def complete(row: dict[str, Any]) -> None:
        row["time_zone"] = zones.get(row["region"], home)
        row["lot"] = lot_of(row[code])

    return complete


def _loan_completion(columns: Mapping[str, str], around: Surroundings) -> Complete:
    tells_dpd, tells_since = "dpd" in columns, "overdue_since" in columns
    complete_borrower = _borrower_completion(around, "borrower_id")
    today = around.today

    def complete(row: dict[str, Any]) -> None:
        if tells_dpd or tells_since:
            since = row["overdue_since"]
            grows_here = row["servicing"] == "kaskad" and since is not None
            if grows_here or not tells_dpd:
                row["dpd"] = (today - since).days if since is not None else 0
            elif row["dpd"] is None:
                row["dpd"] = 0
            if since is None and row["dpd"]:
                row["overdue_since"] = today - timedelta(days=row["dpd"])
            if row["overdue"] is None:
                row["overdue"] = row["balance"] if row["dpd"] else 0
        elif row["overdue"] is None and "overdue" in columns:
            row["overdue"] = 0
        complete_borrower(row)
        if row["state"] is None:
            row["state"] = "open"

    return complete


def lot_of(borrower: str) -> int:
    """The borrower's lot, 0..2**31-1: drawn from the id, so it does not depend on the order of files."""
    return int.from_bytes(hashlib.blake2b(borrower.encode(), digest_size=4).digest(), "big") & 0x7FFFFFFF
