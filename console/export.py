"""Lists as files: CSV that Excel opens, XLSX, JSON Lines. Rows are streamed or spooled, never held together."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import xlsxwriter
from flask import send_file
from flask.wrappers import Response

from console.json_answers import plain

FORMATS = ("csv", "xlsx", "jsonl")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
#: a cell that begins so would be run as a formula
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
#: what Excel can hold, header included
_XLSX_ROWS = 1_048_576

Columns = Sequence[tuple[str, str]]


def export(items: Iterable[Mapping[str, Any]], *, columns: Columns, form: str, file_name: str) -> Response:
    """The items as a file to keep; `columns` are titles with dotted paths into an item."""
    if form == "xlsx":
        return _xlsx(items, columns, file_name)
    lines = _csv(items, columns) if form == "csv" else _jsonl(items)
    response = Response(lines, mimetype=_TYPES[form])
    response.headers["Content-Type"] = _TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}.{form}"'
    return response


def write(items: Iterable[Mapping[str, Any]], file: IO[bytes], *, columns: Columns, form: str) -> None:
    """The same file, written into `file` as the items come."""
    if form == "xlsx":
        _write_xlsx(items, columns, file)
        return
    for part in _csv(items, columns) if form == "csv" else _jsonl(items):
        file.write(part.encode())


def content_type(form: str) -> str:
    """What the browser is told about a file of this form."""
    return _TYPES[form]


def reach(item: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where the path ends early."""
    value: Any = item
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def neutral(value: Any) -> Any:
    """The value as a cell: a text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (list, dict)):
        return neutral(json.dumps(value, ensure_ascii=False, default=plain))
    return plain(value)


def _csv(items: Iterable[Mapping[str, Any]], columns: Columns) -> Iterator[str]:
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([title for title, _path in columns])
    for item in items:
        writer.writerow([neutral(reach(item, path)) for _title, path in columns])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _jsonl(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        yield json.dumps(item, ensure_ascii=False, default=plain) + "\n"


def _xlsx(items: Iterable[Mapping[str, Any]], columns: Columns, file_name: str) -> Response:
    # Closed, and so removed, when the response has been sent.
    spool = tempfile.TemporaryFile()  # noqa: SIM115
    _write_xlsx(items, columns, spool)
    spool.seek(0)
    response: Response = send_file(
        spool, mimetype=_TYPES["xlsx"], as_attachment=True, download_name=f"{file_name}.xlsx"
    )
    return response


def _write_xlsx(items: Iterable[Mapping[str, Any]], columns: Columns, file: IO[bytes]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for number, (title, _path) in enumerate(columns):
            sheet.write_string(0, number, title)
        for line, item in enumerate(items, start=1):
            if line >= _XLSX_ROWS:
                break
            for number, (_title, path) in enumerate(columns):
                value = neutral(reach(item, path))
                if value is not None:
                    sheet.write(line, number, value)
