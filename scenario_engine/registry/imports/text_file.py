"""CSV: what encoding and separator a file has, and its rows, read as a stream."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from scenario_engine.errors import Invalid
from scenario_engine.registry.imports.layout import (
    MAX_CELL,
    SAMPLED_ROWS,
    FileLook,
    Row,
    Trouble,
    describe,
    header_names,
    sample,
    unreadable,
)
from scenario_engine.texts import Text

#: what a person may choose by hand
ENCODINGS = ("utf-8", "utf-8-sig", "cp1251", "utf-16", "cp866", "koi8-r")
SEPARATORS = (";", ",", "\t", "|")
_NAMES = {
    ",": Text("a comma", "запятая"),
    ";": Text("a semicolon", "точка с запятой"),
    "\t": Text("a tab", "табуляция"),
    "|": Text("a bar", "вертикальная черта"),
}

#: a line longer than this is no row of a table
MAX_LINE = 4_000_000
_BLOCK = 1 << 20
#: marks of a text of which there is never more than one in this many in a real table
_BINARY = frozenset(range(32)) - {9, 10, 13, 12, 26, 27}


def look_at_text(path: Path, *, encoding: str | None, separator: str | None) -> FileLook:
    """Encoding (detected unless given), separator (likewise) and columns. Raises `Invalid` for what is no table."""
    size = path.stat().st_size
    found = _encoding(path, encoding)
    if separator is not None and separator not in SEPARATORS:
        raise unreadable(
            Text(
                "The separator must be one of , ; | or a tab.",
                "Разделителем может быть запятая, точка с запятой, вертикальная черта или табуляция.",
            ),
            "file.separator",
        )
    with _open(path, found) as stream:
        lines = list(_head(stream))
    if not "".join(lines).strip("\ufeff \t\r\n;,|\x00"):
        raise unreadable(Text("The file is empty.", "Файл пуст."), "file.empty")
    mark, header_row = separator, 0
    if lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        mark = mark or lines[0].strip()[4]
        if mark not in SEPARATORS:
            mark = None
        lines, header_row = lines[1:], 1
    mark = mark or _separator(lines)
    rows = list(_parsed(lines, mark))
    if not rows:
        raise unreadable(Text("The file is empty.", "Файл пуст."), "file.empty")
    first = next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
    _check_header(rows[first], found)
    names = header_names(rows[first])
    columns, digest, places = describe(names, rows[first + 1 : first + 1 + SAMPLED_ROWS])
    return FileLook(
        format="csv",
        encoding=found,
        separator=mark,
        sheet=None,
        sheets=(),
        columns=columns,
        header_hash=digest,
        size=size,
        header_row=header_row + first + 1,
        places=places,
    )


def text_rows(path: Path, look: FileLook) -> Iterator[Row]:
    """The rows below the header, empty ones left out, one at a time. Raises `Invalid` for a line without an end."""
    width = len(look.columns)
    with path.open("rb") as raw, _wrap(raw, look.encoding or "utf-8") as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=look.separator or ",", strict=True)
        number = position = 0
        while True:
            number += 1
            if number % 1_000 == 0:
                position = raw.tell()
            started = reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if number <= look.header_row:
                    raise unreadable(_NOT_A_HEADER, "file.header", row=number) from error
                spanned = reader.line_num - started
                yield Row(number=number, cells=(), trouble=_broken(error, spanned))
                number += spanned - 1
                if lines.over:
                    return
                continue
            if number <= look.header_row or not any(cells) or not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
                last = lines.unended and lines.over
                trouble = _width(cells, width, look.separator or ",", last=last)
                yield Row(number=number, cells=cells, position=position, trouble=trouble)
                continue
            yield Row(number=number, cells=cells, position=position)


_NOT_A_HEADER = Text(
    "The first row cannot be read as the names of columns: a quotation mark in it is not closed.",
    "Первая строка не читается как названия столбцов: в ней не закрыта кавычка.",
)


class _Lines:
    """The lines of a stream, none longer than `MAX_LINE`; knows whether the last one had an end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.unended = False
        self.over = False
        self._next = self._read()

    def _read(self) -> str:
        line = self._stream.readline(MAX_LINE)
        if len(line) >= MAX_LINE:
            raise unreadable(
                Text(
                    "The file has a line of more than {n} characters: this is no table.",
                    "В файле есть строка длиннее {n} символов: это не таблица.",
                ).format(n=MAX_LINE),
                "file.line",
            )
        return line

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next
        if not line:
            self.over = True
            raise StopIteration
        self._next = self._read()
        self.over = not self._next
        self.unended = not line.endswith(("\n", "\r"))
        return line


def _broken(error: csv.Error, lines: int) -> Trouble:
    if lines > 1 or "unexpected end" in str(error):
        return Trouble(
            code="row.quote",
            text=Text(
                "A quotation mark that begins in this row is not closed: the file was cut, or the mark does not "
                "belong there.",
                "Кавычка, открытая в этой строке, не закрыта: файл обрезан или кавычка лишняя.",
            ),
        )
    if "limit" in str(error):
        return Trouble(
            code="cell.long",
            text=Text(
                "A cell of this row is longer than {n} characters.", "В этой строке есть ячейка длиннее {n} символов."
            ).format(n=csv.field_size_limit()),
        )
    return Trouble(
        code="row.quote",
        text=Text(
            "A quotation mark stands in the middle of a cell: double it, or leave it out.",
            "Кавычка стоит внутри ячейки: её надо удвоить или убрать.",
        ),
    )


def _width(cells: Sequence[str], width: int, mark: str, *, last: bool) -> Trouble:
    value = sample(mark.join(cells))
    counts = {"has": len(cells), "header": width}
    for other in SEPARATORS:
        if (
            other != mark
            and other in mark.join(cells)
            and len(next(csv.reader([mark.join(cells)], delimiter=other))) == width
        ):
            return Trouble(
                code="row.separator",
                value=value,
                text=Text(
                    "The separators are mixed: here it is {other}, in the header it is {mark}.",
                    "Разделители перемешаны: здесь это {other}, а в заголовке — {mark}.",
                ).format(other=_NAMES[other], mark=_NAMES[mark]),
            )
    if last and len(cells) < width:
        return Trouble(
            code="row.cut",
            value=value,
            text=Text(
                "The last row is cut off: it has {has} cells, the header has {header}. Was the file copied completely?",
                "Последняя строка обрезана: ячеек {has}, а в заголовке {header}. Файл скопирован целиком?",
            ).format(**counts),
        )
    return Trouble(
        code="row.width",
        value=value,
        text=Text(
            "The row has {has} cells, the header has {header}.", "В строке ячеек: {has}, а в заголовке: {header}."
        ).format(**counts),
    )


# -- encoding ---------------------------------------------------------------------------------------------------


def _encoding(path: Path, asked: str | None) -> str:
    if asked is not None and asked.lower() in ("utf-16-le", "utf-16-be"):
        asked = "utf-16"
    if asked is not None and asked.lower() not in ENCODINGS:
        raise unreadable(
            Text(
                "The encoding {name} is not known here. Known: {all}.",
                "Кодировка {name} здесь неизвестна. Известны: {all}.",
            ).format(name=asked, all=", ".join(ENCODINGS)),
            "file.encoding",
        )
    with path.open("rb") as raw:
        head = raw.read(64 * 1024)
    if not head:
        raise unreadable(Text("The file is empty.", "Файл пуст."), "file.empty")
    wide = _utf16(head)
    if wide is None and sum(head.count(mark) for mark in _BINARY) > max(8, len(head) // 50):
        raise unreadable(
            Text(
                "This is no table: neither CSV text nor an XLSX workbook.",
                "Это не таблица: ни текст CSV, ни книга XLSX.",
            ),
            "file.binary",
        )
    is_utf8, beyond = (False, 0) if wide else _utf8(path)
    if asked is None:
        if wide:
            return wide
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        return "utf-8" if is_utf8 else "cp1251"
    asked = asked.lower()
    fits = {"utf-16": bool(wide), "utf-8": is_utf8, "utf-8-sig": is_utf8}.get(
        asked, not wide and not (is_utf8 and beyond)
    )
    if not fits:
        really = wide or ("utf-8" if is_utf8 else None)
        raise unreadable(
            _wrong_encoding(asked, really), "file.encoding", row=None if really else _first_bad(path, asked)
        )
    if asked == "utf-16":
        return wide or asked
    if asked == "utf-8" and head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return asked


def _wrong_encoding(asked: str, really: str | None) -> Text:
    if really is None:
        return Text(
            "The file is not {asked}. Leave the encoding to Kaskad, or choose cp1251.",
            "Файл не в кодировке {asked}. Не указывайте кодировку, или выберите cp1251.",
        ).format(asked=asked)
    return Text(
        "The file is {really}, not {asked}. Leave the encoding to Kaskad.",
        "Файл в кодировке {really}, а не {asked}. Не указывайте кодировку — она определится сама.",
    ).format(really=really.removesuffix("-le").removesuffix("-be"), asked=asked)


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(head) // 2
    if half >= 2:
        # the upper half of a letter is 0 in Latin and 4 in Cyrillic
        even, odd = (sum(part.count(upper) for upper in (0, 4)) for part in (head[0::2], head[1::2]))
        if odd > half * 0.9 and even < half * 0.1:
            return "utf-16-le"
        if even > half * 0.9 and odd < half * 0.1:
            return "utf-16-be"
    return None


def _utf8(path: Path) -> tuple[bool, int]:
    """Whether the whole file is UTF-8, and how many bytes in it are not ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond = 0
    with path.open("rb") as raw:
        while block := raw.read(_BLOCK):
            if not block.isascii():
                beyond += 1
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return False, beyond
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, beyond
    return True, beyond


def _first_bad(path: Path, encoding: str) -> int | None:
    number = 0
    with path.open("rb") as raw, _wrap(raw, encoding) as stream:
        try:
            for number, line in enumerate(stream, 1):
                if any("\udc80" <= mark <= "\udcff" or mark == "\ufffd" for mark in line):
                    return number
        except UnicodeError:  # UTF-16 without its mark is not read at all
            return number + 1
    return None


def _open(path: Path, encoding: str) -> TextIO:
    return _wrap(path.open("rb"), encoding)


def _wrap(raw: io.BufferedReader, encoding: str) -> TextIO:
    # bytes that fit no letter come through as lone surrogates, so the cell that holds them can be named
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="")


# -- separator and header -----------------------------------------------------------------------------------------


def _head(stream: TextIO) -> Iterator[str]:
    """The lines from which the form of the file is judged."""
    total = 0
    lines = _Lines(stream)
    for number, line in enumerate(lines):
        total += len(line)
        yield line
        if number > 4 * SAMPLED_ROWS or total > MAX_LINE:
            return


def _parsed(lines: Sequence[str], mark: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=mark)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield []


def _separator(lines: Sequence[str]) -> str:
    """The mark that gives the header the most cells, and the rows below it just as many."""

    def score(mark: str) -> tuple[int, int]:
        rows = [row for row in _parsed(lines, mark) if any(cell.strip() for cell in row)]
        width = len(rows[0]) if rows else 1
        if width == 1:
            return (0, 0)
        return (sum(len(row) == width for row in rows[1:]) * 10 // max(1, len(rows) - 1) + 1, width)

    return max(SEPARATORS, key=score) if any(score(mark) != (0, 0) for mark in SEPARATORS) else ","


def _check_header(cells: Sequence[str], encoding: str) -> None:
    if any("\udc80" <= mark <= "\udcff" or mark == "\ufffd" for cell in cells for mark in cell):
        raise unreadable(
            Text(
                "The header cannot be read as {encoding}: choose another encoding.",
                "Заголовок не читается в кодировке {encoding}: выберите другую.",
            ).format(encoding=encoding),
            "file.encoding",
            row=1,
        )
    if any(len(cell) > MAX_CELL for cell in cells):
        raise Invalid(
            Text(
                "The header has a cell of more than {n} characters.", "В заголовке есть ячейка длиннее {n} символов."
            ).format(n=MAX_CELL),
            code="file.header",
        )
