"""What a look at a file finds: its form, its columns, and a few of their values."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scenario_engine.errors import Invalid, Problem
from scenario_engine.texts import Text

#: columns of a table that a person made; a file with more is no registry
MAX_COLUMNS = 1_000
#: characters of a cell that is worth reading
MAX_CELL = 32_767
#: rows from which the samples come
SAMPLED_ROWS = 20
SAMPLE_LENGTH = 60
NAME_LENGTH = 250


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the file; names are unique, a name that occurs twice carries the column's letters."""

    name: str
    #: the first values, shortened; an empty cell is an empty string
    samples: tuple[str, ...] = ()
    #: what the header calls it, when it calls several columns so or has no name for it (an empty text)
    doubtful: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileLook:
    """How a file is to be read."""

    #: rows: they come as values and not from a file
    format: Literal["csv", "xlsx", "rows"]
    #: of a CSV file
    encoding: str | None
    separator: str | None
    #: of a workbook: the one looked at, and all that there are
    sheet: str | None
    sheets: tuple[str, ...]
    columns: tuple[Column, ...]
    #: SHA-256 of the header row
    header_hash: str
    #: bytes
    size: int = 0
    #: row that holds the header, as the spreadsheet counts; 0: there is none
    header_row: int = 1
    #: position of each column by its name
    places: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the file below the header; `trouble` says why its cells cannot be told apart."""

    #: as the spreadsheet counts
    number: int
    cells: Sequence[Any]
    #: bytes read so far, about; 0: not known
    position: int = 0
    trouble: Trouble | None = None


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that is wrong with a row, or a cell of it."""

    code: str
    text: Text
    column: str | None = None
    value: str | None = None


class Formula(str):
    """A cell of a workbook that holds a formula."""

    __slots__ = ()


class ErrorValue(str):
    """A cell of a workbook that holds an error such as ``#REF!``."""

    __slots__ = ()


def letters(place: int) -> str:
    """The name a spreadsheet gives to the column at `place` (from 0): A, B, … AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def header_names(cells: Sequence[Any]) -> list[tuple[str, str | None]]:
    """A unique name for each column, and the name in the file where that leaves it in doubt.

    Trailing columns without a name are dropped. Raises `Invalid` when there is no name at all or too many columns.
    """
    names = [" ".join(str("" if cell is None else cell).replace("\x00", "").split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise Invalid(
            Text(
                "The file has no header: its first row must name the columns.",
                "В файле нет заголовка: в первой строке должны быть названия столбцов.",
            ),
            code="file.header",
        )
    if len(names) > MAX_COLUMNS:
        raise Invalid(
            Text(
                "The file has {n} columns; at most {most} can be read.",
                "В файле {n} столбцов, а прочитать можно не больше {most}.",
            ).format(n=len(names), most=MAX_COLUMNS),
            code="file.columns",
        )
    twice = {name for name, times in Counter(name.casefold() for name in names).items() if times > 1}
    found: list[tuple[str, str | None]] = []
    taken: set[str] = set()
    for place, name in enumerate(names):
        doubtful = not name or name.casefold() in twice
        unique = f"{name[: NAME_LENGTH - 10]} ({letters(place)})".strip() if doubtful else name[:NAME_LENGTH]
        while unique in taken:
            unique += f" ({letters(place)})"
        taken.add(unique)
        found.append((unique, name[:NAME_LENGTH] if doubtful else None))
    return found


def describe(
    names: Sequence[tuple[str, str | None]], sampled: Sequence[Sequence[Any]]
) -> tuple[tuple[Column, ...], str, dict[str, int]]:
    """Columns with samples from the first rows, the hash of the header, and the place of each column."""
    columns = tuple(
        Column(
            name=name,
            doubtful=doubtful,
            samples=tuple(sample(row[place]) if place < len(row) else "" for row in sampled),
        )
        for place, (name, doubtful) in enumerate(names)
    )
    header = json.dumps([name for name, _ in names], ensure_ascii=False)
    digest = hashlib.sha256(header.encode("utf-8", "surrogatepass")).hexdigest()
    return columns, digest, {column.name: place for place, column in enumerate(columns)}


def sample(value: Any) -> str:
    """A cell as a person may see it in a list: shortened, without what cannot be printed."""
    if value is None:
        return ""
    said = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in str(value)[:SAMPLE_LENGTH])
    return said.strip()


def unreadable(text: Text, code: str, *, row: int | None = None) -> Invalid:
    """The refusal of a whole file; with the row where reading ended, when that is known."""
    problems = [] if row is None else [Problem(code=code, text=text, row=row)]
    return Invalid(text, code=code, problems=problems)
