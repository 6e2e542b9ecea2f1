"""What became of an import, and the list of its wrong rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from scenario_engine.errors import NotFound
from scenario_engine.models import FileImport, ImportProblem, table_of
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.texts import Text

#: wrong rows that are kept one by one; the others are counted
MAX_PROBLEMS = 10_000
VALUE_LENGTH = 100

#: a cell that begins so would be run as a formula by a spreadsheet
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_TITLES = {
    "en": ("Row", "Column", "Value", "What is wrong", "Code"),
    "ru": ("Строка", "Столбец", "Значение", "Что не так", "Код"),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an import ended. Rows: `added` + `updated` + `unchanged` + `wrong` are all that were read when it is done."""

    #: done, refused, failed, cancelled
    state: str
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    #: rows with at least one problem
    wrong: int = 0
    message: Text | None = None


class Problems:
    """What is wrong with rows, as it is found; keeps the first `MAX_PROBLEMS`."""

    def __init__(self) -> None:
        self.found: list[tuple[int, Trouble]] = []
        self._kept = 0

    @property
    def room(self) -> int:
        """How many more are kept."""
        return MAX_PROBLEMS - self._kept

    def add(self, row: int, trouble: Trouble) -> None:
        """Note one problem of a row."""
        if self.room <= 0:
            return
        self._kept += 1
        self.found.append((row, trouble))


class ProblemList(Problems):
    """The problems of an import on their way to the database."""

    def __init__(self, import_id: int) -> None:
        super().__init__()
        self._import_id = import_id

    def write(self, session: Session) -> None:
        """Hand what has gathered to the database."""
        if not self.found:
            return
        session.execute(
            insert(table_of(ImportProblem)),
            [
                {
                    "import_id": self._import_id,
                    "row": row,
                    "column": trouble.column,
                    "value": None if trouble.value is None else printable(trouble.value),
                    "code": trouble.code,
                    "text": {"en": trouble.text.en, "ru": trouble.text.ru},
                }
                for row, trouble in self.found
            ],
        )
        self.found = []


def printable(value: Any, longest: int = VALUE_LENGTH) -> str:
    """A text from outside as it can be stored and shown anywhere, shortened to `longest` characters."""
    said = str(value)
    kept = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in said[:longest])
    return kept if len(said) <= longest else kept[:-1] + "…"


def problems_csv(session: Session, import_id: int, language: str) -> Iterator[str]:
    """The wrong rows as lines of a CSV file that a spreadsheet opens; memory does not grow with their number.

    Cells that a spreadsheet would run as a formula get an apostrophe in front. Raises `NotFound` (at once) when there
    is no such import.
    """
    if session.get(FileImport, import_id) is None:
        raise NotFound(
            Text("There is no import #{id}.", "Загрузки № {id} нет.").format(id=import_id), code="import.unknown"
        )
    return _csv(session, import_id, "ru" if language.startswith("ru") else "en")


def _csv(session: Session, import_id: int, language: str) -> Iterator[str]:
    yield "\ufeff" + _line(_TITLES[language])
    found = session.execute(
        select(ImportProblem.row, ImportProblem.column, ImportProblem.value, ImportProblem.text, ImportProblem.code)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
        .execution_options(yield_per=1_000)
    )
    for row, column, value, text, code in found:
        yield _line((row, column, value, text[language], code))


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    harmless = (f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell for cell in cells)
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerow(
        ["" if cell is None else cell for cell in harmless]
    )
    return buffer.getvalue()
