"""XLSX: sheets, columns and rows of a workbook, read as a stream and within bounds."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from scenario_engine.errors import Invalid
from scenario_engine.registry.imports.layout import (
    SAMPLED_ROWS,
    ErrorValue,
    FileLook,
    Formula,
    Row,
    Trouble,
    describe,
    header_names,
    sample,
    unreadable,
)
from scenario_engine.texts import Text

#: unpacked bytes of a workbook; a sheet that is full to Excel's last row stays below
MAX_UNPACKED = 3 << 30
#: unpacked bytes of its parts that are held in memory: shared strings, styles
MAX_HELD = 200 << 20
#: how much smaller packing makes an honest part of this size or more
MAX_RATIO = 200
_RATIO_FROM = 20 << 20
MAX_PARTS = 10_000
#: rows of a sheet, as spreadsheets have it; each leaves a trace in the reader's memory
MAX_ROWS = 1_048_576

_CORRUPT = Text(
    "The workbook cannot be read: it is damaged or was not copied completely. Open it in a spreadsheet and save it "
    "anew.",
    "Книга не читается: она повреждена или скопирована не полностью. Откройте её в редакторе таблиц и сохраните "
    "заново.",
)
_OLD_OR_LOCKED = Text(
    "This workbook is protected by a password, or it is of the old XLS kind. Save it as XLSX without a password.",
    "Книга защищена паролем или сохранена в старом формате XLS. Сохраните её как XLSX без пароля.",
)
_TOO_BIG = Text(
    "The workbook unpacks to more than can be read: it is damaged, or made to do harm.",
    "После распаковки книга слишком велика: она повреждена или сделана со злым умыслом.",
)
_EMPTY = Text("The sheet is empty.", "Лист пуст.")


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is an XLSX workbook (or any other archive). Raises `Invalid` for a locked one."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise unreadable(_OLD_OR_LOCKED, "file.locked")
    return head.startswith(b"PK\x03\x04")


def look_at_workbook(path: Path, *, sheet: str | None) -> FileLook:
    """Sheets, and the columns of the one asked for (else the first that holds something)."""
    _check_archive(path)
    with _opened(path) as book:
        names = tuple(book.sheetnames)
        if sheet is not None and sheet not in names:
            raise unreadable(
                Text("There is no sheet {name}. Sheets: {all}.", "Листа {name} нет. Листы: {all}.").format(
                    name=sheet, all=", ".join(names)
                ),
                "file.sheet",
            )
        for name in (sheet,) if sheet is not None else names:
            found = _look_at_sheet(book[name], path, name, names)
            if found is not None:
                return found
    raise unreadable(_EMPTY, "file.empty")


def _look_at_sheet(sheet: Any, path: Path, name: str, names: tuple[str, ...]) -> FileLook | None:
    if not hasattr(sheet, "reset_dimensions"):
        return None  # a sheet of charts
    header: list[Any] | None = None
    header_row = 0
    sampled: list[list[Any]] = []
    with _guarded():
        for number, cells in _cells(sheet):
            if header is None:
                if any(cell not in (None, "") for cell in cells):
                    header, header_row = cells, number
                continue
            sampled.append(cells)
            if len(sampled) >= SAMPLED_ROWS:
                break
    if header is None:
        return None
    columns, digest, places = describe(header_names(header), sampled)
    return FileLook(
        format="xlsx",
        encoding=None,
        separator=None,
        sheet=name,
        sheets=names,
        columns=columns,
        header_hash=digest,
        size=path.stat().st_size,
        header_row=header_row,
        places=places,
    )


def workbook_rows(path: Path, look: FileLook) -> Iterator[Row]:
    """The rows below the header, empty ones left out. Raises `Invalid` when the workbook ends in the middle."""
    _check_archive(path)
    width = len(look.columns)
    reached = look.header_row
    with _opened(path) as book:
        rows = _cells(book[look.sheet or book.sheetnames[0]])
        while True:
            with _guarded(reached + 1):
                try:
                    number, cells = next(rows)
                except StopIteration:
                    return
            reached = number
            if number > MAX_ROWS:
                raise unreadable(_TOO_BIG, "file.too_big", row=number)
            if number <= look.header_row or not any(cell not in (None, "") for cell in cells):
                continue
            beyond = [place for place, cell in enumerate(cells) if place >= width and cell not in (None, "")]
            if beyond:
                yield Row(number=number, cells=cells, trouble=_beyond(cells[beyond[0]]))
                continue
            if len(cells) < width:
                cells += [None] * (width - len(cells))
            yield Row(number=number, cells=cells)


def rows_in(path: Path, look: FileLook) -> int | None:
    """Rows below the header as the workbook says; None when it does not."""
    with _opened(path) as book, _guarded():
        last = book[look.sheet or book.sheetnames[0]].max_row
    return max(0, last - look.header_row) if last else None


def _beyond(value: Any) -> Trouble:
    return Trouble(
        code="row.width",
        value=sample(value),
        text=Text(
            "The row has a value to the right of the last column.", "В строке есть значение правее последнего столбца."
        ),
    )


def _cells(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_value(cell) for cell in cells]


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula(cell.value)
    if cell.data_type == "e":
        return ErrorValue(cell.value)
    return cell.value


def _check_archive(path: Path) -> None:
    """Judge the archive by its list of contents, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise unreadable(_CORRUPT, "file.corrupt") from error
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(_OLD_OR_LOCKED, "file.locked")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise unreadable(Text("This archive is no XLSX workbook.", "Этот архив — не книга XLSX."), "file.not_workbook")
    bombs = (
        len(parts) > MAX_PARTS,
        sum(part.file_size for part in parts) > MAX_UNPACKED,
        any(part.file_size > MAX_HELD for part in parts if not part.filename.startswith("xl/worksheets/")),
        any(part.file_size > _RATIO_FROM and part.file_size > MAX_RATIO * max(1, part.compress_size) for part in parts),
    )
    if any(bombs):
        raise unreadable(_TOO_BIG, "file.too_big")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("rb") as raw:
        with _guarded():
            book = load_workbook(raw, read_only=True, data_only=False, keep_links=False)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _guarded(row: int | None = None) -> Iterator[None]:
    """A workbook that is not what it says may fail anywhere inside its reader: that is bad input, not a bug here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which are not read anyway
            yield
    except (Invalid, StopIteration):
        raise
    except (MemoryError, RecursionError) as error:
        raise unreadable(_TOO_BIG, "file.too_big", row=row) from error
    except Exception as error:
        raise unreadable(_CORRUPT, "file.corrupt", row=row) from error
