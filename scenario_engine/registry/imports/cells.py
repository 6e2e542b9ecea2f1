"""From what stands in a cell to a value: one reader for each type of target.

A reader takes the cell (text of a CSV file, or a typed value of a workbook) and gives the value, or None for an empty
cell; it raises `BadCell` with a text for the person who has to mend the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import phonenumbers

from scenario_engine.models.signal import MAX_SIGNAL_BYTES
from scenario_engine.registry.imports.amounts import SPACES, money_reader
from scenario_engine.registry.imports.cell import BadCell, Read, Surroundings
from scenario_engine.registry.imports.layout import MAX_CELL, ErrorValue, Formula
from scenario_engine.registry.imports.moments import day_reader, instant_reader
from scenario_engine.registry.imports.regions import region_of
from scenario_engine.registry.imports.targets import Target
from scenario_engine.registry.imports.words import plain_name
from scenario_engine.texts import Text

DAYS_IN_MONTH = 30

_WHOLE = re.compile(r"[-+]?\d{1,18}(?:[.,]0+)?", re.ASCII)
_BROKEN_ID = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_RUSSIAN_PHONE = re.compile(r"(?:\+?7|8)?(\d{10})", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")


_NOT_NUMBER = Text("This is not a number.", "Это не число.")


def reader(target: Target, options: Mapping[str, Any], surroundings: Surroundings) -> Read:
    """The reader for a column of this target with the options of its mapping; `options` are checked already."""
    read = _READERS[target.type](target, options, surroundings)
    replaced = {str(key): value for key, value in (options.get("values") or {}).items()}

    def look(cell: Any) -> Any:
        if cell is None:
            return None
        if isinstance(cell, str):
            cell = _text_of(cell)
            if not cell:
                return None
            if cell[0] == "=":
                raise BadCell("cell.formula", _FORMULA)
        if replaced:
            cell = replaced.get(_spelt(cell), cell)
            if cell is None or cell == "":
                return None
        return read(cell)

    return look


_FORMULA = Text(
    "The cell holds a formula: put its value there (copy, then paste values only).",
    "В ячейке формула: нужно её значение (скопируйте и вставьте только значения).",
)


def _text_of(cell: str) -> str:
    if isinstance(cell, Formula):
        raise BadCell("cell.formula", _FORMULA)
    if isinstance(cell, ErrorValue):
        raise BadCell(
            "cell.error", Text("The cell holds the error {value}.", "В ячейке ошибка {value}.").format(value=cell)
        )
    if len(cell) > MAX_CELL:
        raise BadCell(
            "cell.long",
            Text("The cell is longer than {n} characters.", "Ячейка длиннее {n} символов.").format(n=MAX_CELL),
        )
    if not cell.isascii() and _UNDECODED.search(cell):
        raise BadCell(
            "cell.encoding",
            Text("The cell does not fit the encoding of the file.", "Ячейка не соответствует кодировке файла."),
        )
    if not cell.isprintable() and _CONTROL.search(cell):
        raise BadCell(
            "cell.control",
            Text(
                "The cell holds characters that are no text (code 0 or the like).",
                "В ячейке нетекстовые символы (с кодом 0 и подобные).",
            ),
        )
    return cell.strip()


def _spelt(cell: Any) -> str:
    """A cell as the keys of ``values`` spell it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# -- text -------------------------------------------------------------------------------------------------------


def _text_reader(target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    limit = target.limit

    def read(cell: Any) -> str | None:
        said = cell if isinstance(cell, str) else _typed_text(cell)
        if "  " in said or not said.isprintable():
            said = " ".join(said.split())
        if len(said) > limit:
            raise BadCell(
                "text.long",
                Text(
                    "The text has {n} characters, at most {limit} are kept.",
                    "В тексте символов: {n}, а помещается не больше {limit}.",
                ).format(n=len(said), limit=limit),
            )
        return said or None

    return read


def _typed_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)


def _id_reader(target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
    text = _text_reader(target, options, around)

    def read(cell: Any) -> str | None:
        if isinstance(cell, (datetime, date, time, bool)) or (isinstance(cell, float) and not cell.is_integer()):
            raise BadCell("id.type", Text("This is not an id.", "Это не номер."))
        digits_lost = isinstance(cell, (int, float)) and abs(cell) >= 10**15
        if digits_lost or (isinstance(cell, str) and _BROKEN_ID.fullmatch(cell)):
            raise BadCell(
                "id.rounded",
                Text(
                    "The spreadsheet has rounded this id: keep the column as text.",
                    "Редактор таблиц округлил этот номер: сохраните столбец как текст.",
                ),
            )
        said: str | None = text(cell)
        return said

    return read


def _email_reader(target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
    text = _text_reader(target, options, around)

    def read(cell: Any) -> str | None:
        said: str | None = text(cell)
        if said is not None and not _EMAIL.fullmatch(said):
            raise BadCell("email", Text("This is not an e-mail address.", "Это не адрес электронной почты."))
        return said

    return read


def _phone_reader(_target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    def read(cell: Any) -> str:
        said = _typed_text(cell)
        bare = re.sub(r"[\s\u00a0()\-–.]", "", said)
        if found := _RUSSIAN_PHONE.fullmatch(bare):
            return f"+7{found[1]}"
        try:
            parsed = phonenumbers.parse(bare, "RU")
            if phonenumbers.is_possible_number(parsed):
                return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            pass
        raise BadCell("phone", Text("This is not a phone number.", "Это не номер телефона."))

    return read


def _region_reader(_target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    known = lru_cache(maxsize=2_000)(region_of)

    def read(cell: Any) -> str:
        found = known(_typed_text(cell))
        if found is None:
            raise BadCell(
                "region.unknown",
                Text(
                    "This region is not known: write its ISO code, such as RU-SVE, or its name.",
                    "Такого региона нет: укажите код ISO, например RU-SVE, или название.",
                ),
            )
        return found

    return read


def _choice_reader(target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    words = {plain_name(word): key for key, others in target.choices.items() for word in (key, *others)}
    allowed = ", ".join(target.choices)

    def read(cell: Any) -> str:
        found = words.get(plain_name(_typed_text(cell)))
        if found is None:
            raise BadCell(
                "choice.unknown",
                Text(
                    "Not known here. Known: {all}. The mapping may translate it (values).",
                    "Такого значения нет. Есть: {all}. Соответствие можно задать в сопоставлении (values).",
                ).format(all=allowed),
            )
        return found

    return read


# -- numbers ----------------------------------------------------------------------------------------------------


def _whole(cell: Any) -> int:
    if isinstance(cell, bool):
        raise BadCell("number", _NOT_NUMBER)
    if isinstance(cell, (int, float)):
        if cell != cell or abs(cell) >= 10**18 or cell != int(cell):
            raise BadCell("number.whole", Text("This is not a whole number.", "Это не целое число."))
        return int(cell)
    if not isinstance(cell, str):
        raise BadCell("number", _NOT_NUMBER)
    bare = SPACES.sub("", cell).replace("\N{MINUS SIGN}", "-")
    if not _WHOLE.fullmatch(bare):
        raise BadCell("number", Text("This is not a whole number.", "Это не целое число."))
    return int(re.split(r"[.,]", bare)[0])


def _bounded(value: int, limit: int) -> int:
    if value < 0:
        raise BadCell("number.negative", Text("The number is negative.", "Число отрицательное."))
    if value > limit:
        raise BadCell(
            "number.large",
            Text("The number is larger than {limit}.", "Число больше {limit}.").format(limit=limit),
        )
    return value


def _number_reader(target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    limit = target.limit
    return lambda cell: _bounded(_whole(cell), limit)


def _days_reader(target: Target, options: Mapping[str, Any], _around: Surroundings) -> Read:
    times = DAYS_IN_MONTH if options.get("unit") == "months" else 1
    limit = target.limit
    return lambda cell: _bounded(_whole(cell) * times, limit)


def _money_reader(target: Target, options: Mapping[str, Any], _around: Surroundings) -> Read:
    return money_reader(options, most=target.limit, positive=target.positive)


# -- JSON -------------------------------------------------------------------------------------------------------

_NOT_OBJECT = Text(
    "The details must be a JSON object of at most {most} characters.",
    "Подробности — объект JSON не длиннее {most} символов.",
).format(most=MAX_SIGNAL_BYTES)


def _document_reader(_target: Target, _options: Mapping[str, Any], _around: Surroundings) -> Read:
    def read(cell: Any) -> dict[str, Any]:
        try:
            found = json.loads(cell, parse_constant=_refuse_constant) if isinstance(cell, str) else cell
            text = json.dumps(found, allow_nan=False, ensure_ascii=False)
            # half a surrogate pair fails to encode
            if isinstance(found, dict) and len(text.encode()) <= MAX_SIGNAL_BYTES and "\\u0000" not in text:
                return found
        except (ValueError, RecursionError, TypeError):
            pass
        raise BadCell("document", _NOT_OBJECT)

    return read


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_READERS: Mapping[str, Callable[[Target, Mapping[str, Any], Surroundings], Read]] = {
    "id": _id_reader,
    "text": _text_reader,
    "email": _email_reader,
    "phone": _phone_reader,
    "region": _region_reader,
    "choice": _choice_reader,
    "number": _number_reader,
    "days": _days_reader,
    "money": _money_reader,
    "day": day_reader,
    "instant": instant_reader,
    "document": _document_reader,
}
