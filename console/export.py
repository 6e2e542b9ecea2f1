"""Lists as files: CSV and XLSX for people, JSON Lines for programs. Rows are streamed or spooled, never held together.

A file for people says what the page says: roubles, days and moments on the portfolio's clock, states in words; the CSV
is written as the reader's spreadsheet expects it. JSON Lines hold what the API answers.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import send_file
from flask.wrappers import Response

from console.json_answers import plain
from console.words import WORDS
from scenario_engine.texts import Text

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
#: characters that a cell of Excel can hold
_XLSX_TEXT = 32_767
_MONEY, _DAY, _MOMENT = "#,##0.00", "dd.mm.yyyy", "dd.mm.yyyy hh:mm:ss"
_WIDTH = 18


@dataclass(frozen=True)
class Column:
    """One column of a file: its title, and the dotted path into an item where its value is."""

    title: Text
    path: str
    #: kopecks in the item, roubles in the file
    money: bool = False
    #: what the codes in the item are called
    words: Mapping[str, Text] = field(default_factory=dict)
    #: moments stay UTC in ISO form, as evidence wants them
    exact: bool = False


@dataclass(frozen=True)
class Reader:
    """Who opens the file: their language decides words and decimal sign, the zone whose clock the moments follow."""

    language: str
    time_zone: str


def export(
    items: Iterable[Mapping[str, Any]], *, columns: Sequence[Column], form: str, file_name: str, reader: Reader
) -> Response:
    """The items as a file to keep."""
    if form == "xlsx":
        # Closed, and so removed, when the response has been sent.
        spool = tempfile.TemporaryFile()  # noqa: SIM115
        _write_xlsx(items, columns, spool, reader)
        spool.seek(0)
        sent: Response = send_file(spool, mimetype=_TYPES[form], as_attachment=True, download_name=f"{file_name}.xlsx")
        return sent
    lines = _csv(items, columns, reader) if form == "csv" else _jsonl(items)
    response = Response(lines, mimetype=_TYPES[form])
    response.headers["Content-Type"] = _TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}.{form}"'
    return response


def write(
    items: Iterable[Mapping[str, Any]], file: IO[bytes], *, columns: Sequence[Column], form: str, reader: Reader
) -> None:
    """The same file, written into `file` as the items come."""
    if form == "xlsx":
        _write_xlsx(items, columns, file, reader)
        return
    for part in _csv(items, columns, reader) if form == "csv" else _jsonl(items):
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


def cell(item: Mapping[str, Any], column: Column, reader: Reader) -> Any:
    """What stands in the cell: a text, a number, roubles as a Decimal, a day, a moment without its zone, or None."""
    value = reach(item, column.path)
    if column.money and value is not None:
        return Decimal(value).scaleb(-2)
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"].say(reader.language)
    if isinstance(value, str):
        named = column.words.get(value)
        return named.say(reader.language) if named else value
    if isinstance(value, datetime) and not column.exact:
        return value.astimezone(ZoneInfo(reader.time_zone)).replace(tzinfo=None, microsecond=0)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return plain(value) if column.exact else value


def neutral(text: str) -> str:
    """The text as a CSV cell: one that a spreadsheet would run gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _written(value: Any, is_russian: bool) -> Any:
    match value:
        case str():
            return neutral(value)
        case Decimal():
            return f"{value:.2f}".replace(".", "," if is_russian else ".")
        case datetime():
            return f"{value:%d.%m.%Y %H:%M:%S}" if is_russian else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{value:%d.%m.%Y}" if is_russian else f"{value:%Y-%m-%d}"
        case _:
            return value


def _csv(items: Iterable[Mapping[str, Any]], columns: Sequence[Column], reader: Reader) -> Iterator[str]:
    is_russian = reader.language.startswith("ru")
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title.say(reader.language) for column in columns])
    for item in items:
        writer.writerow([_written(cell(item, column, reader), is_russian) for column in columns])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _jsonl(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        yield json.dumps(item, ensure_ascii=False, default=plain) + "\n"


def _write_xlsx(items: Iterable[Mapping[str, Any]], columns: Sequence[Column], file: IO[bytes], reader: Reader) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold, money, day, moment = (
            book.add_format(look) for look in ({"bold": True}, *({"num_format": f} for f in (_MONEY, _DAY, _MOMENT)))
        )
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column.title.say(reader.language), bold)
        line = 0
        for line, item in enumerate(items, start=1):
            for number, column in enumerate(columns):
                match cell(item, column, reader):
                    case None:
                        pass
                    case str(text):
                        sheet.write_string(line, number, text[:_XLSX_TEXT])
                    case datetime() as value:
                        sheet.write_datetime(line, number, value, moment)
                    case date() as value:
                        sheet.write_datetime(line, number, value, day)
                    case Decimal() as value:
                        sheet.write_number(line, number, value, money)
                    case value:
                        sheet.write_number(line, number, value)
            if line == _XLSX_ROWS - 1:
                break
        sheet.autofilter(0, 0, line, len(columns) - 1)
