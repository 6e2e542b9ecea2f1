"""A file as it comes, CSV or XLSX: what is in it, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


def rows(path: Path, look: FileLook) -> Iterator[Row]:
    """The rows below the header, one at a time; see `text_rows` and `workbook_rows`."""
    return workbook_rows(path, look) if look.format == "xlsx" else text_rows(path, look)


def rows_expected(path: Path, look: FileLook) -> int | None:
    """How many rows a workbook says to have; None for a text, where it shows while reading."""
    return rows_in(path, look) if look.format == "xlsx" else None
