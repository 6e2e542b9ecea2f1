"""A file as it comes, CSV or XLSX: what is in it, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scenario_engine.registry.imports.layout import FileLook, Row
from scenario_engine.registry.imports.text_file import look_at_text, text_rows
from scenario_engine.registry.imports.workbook import is_workbook, look_at_workbook, rows_in, workbook_rows


def look(
    path: Path,
    *,
    file_name: str,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> FileLook:
    """How the file is to be read, and its columns; the content decides what it is, not `file_name`.

    `encoding`, `separator` and `sheet` overrule what would be detected. Nothing is written. Raises `Invalid` when the
    file is empty, no table, damaged, locked with a password, or too big when unpacked.
    """
    with path.open("rb") as raw:
        head = raw.read(8)
    if is_workbook(head):
        return look_at_workbook(path, sheet=sheet)
    return look_at_text(path, encoding=encoding, separator=separator)


class RowSource(Protocol):
    """Where the rows of one import come from."""

    @property
    def look(self) -> FileLook:
        """What a row holds."""
        ...

    def rows(self) -> Iterator[Row]:
        """The rows, one at a time."""
        ...

    def expected(self) -> int | None:
        """How many they say to be; None where it shows while reading."""
        ...


@dataclass(frozen=True, kw_only=True)
class FileRows:
    """The rows of a file below its header; see `text_rows` and `workbook_rows`."""

    path: Path
    look: FileLook

    def rows(self) -> Iterator[Row]:
        """One at a time."""
        is_workbook = self.look.format == "xlsx"
        return workbook_rows(self.path, self.look) if is_workbook else text_rows(self.path, self.look)

    def expected(self) -> int | None:
        """What a workbook says; None for a text."""
        return rows_in(self.path, self.look) if self.look.format == "xlsx" else None
