"""From what stands in a cell to a value: one reader for each type of target.

A reader takes the cell (text of a CSV file, or a typed value of a workbook) and gives the value, or None for an empty
cell; it raises `BadCell` with a text for the person who has to mend the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers

from scenario_engine.registry.days import zone
from scenario_engine.registry.imports.layout import MAX_CELL, ErrorValue, Formula
from scenario_engine.registry.imports.regions import region_of
from scenario_engine.registry.imports.targets import Target
from scenario_engine.registry.imports.words import plain_name
from scenario_engine.texts import Text

Read = Callable[[Any], Any]

#: the first and the last year of a day that a registry may hold
YEARS = (1900, 2100)
DAYS_IN_MONTH = 30

_PLAIN_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_CURRENCY = re.compile(r"(?:₽|руб(?:лей|ля|ль)?\.?|р\.|rub|rur)$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d{1,18}(?:[.,]0+)?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_LOCAL_DAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_TIME = re.compile(
    r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)? ?(Z|UTC|[-+]\d{2}(?::?\d{2})?)?", re.ASCII
)
_BROKEN_ID = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_RUSSIAN_PHONE = re.compile(r"(?:\+?7|8)?(\d{10})", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")


class BadCell(Exception):
    """The cell cannot be read; `code` and `text` say why."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What reading a cell may depend on besides the cell."""

    time_zone: str
    today: date
    now: datetime


_NOT_NUMBER = Text("This is not a number.", "Это не число.")
_NOT_AMOUNT = Text("This is not an amount of money: write it like 1234.56.", "Это не сумма: её пишут так: 1234,56.")
_NEGATIVE = Text("The amount is negative.", "Сумма отрицательная.")
_NOT_DAY = Text(
    "This is not a date: write it like 31.12.2026 or 2026-12-31.",
    "Это не дата: её пишут так: 31.12.2026 или 2026-12-31.",
)


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
        if not said.isprintable():
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
    bare = _SPACES.sub("", cell).replace("\N{MINUS SIGN}", "-")
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


def money_reader(options: Mapping[str, Any], *, most: int, positive: bool) -> Read:
    """Kopecks from an amount in the unit of the mapping, at most `most`; above 0 when `positive`."""
    scale = 1 if options.get("unit") == "kopecks" else 100
    decimal = options.get("decimal")
    to_zero = options.get("negative") == "zero"

    def read(cell: Any) -> int:
        plain = _PLAIN_AMOUNT.fullmatch(cell) if scale == 100 and decimal is None and isinstance(cell, str) else None
        if plain is not None:
            fraction = plain[2]
            value = int(plain[1]) * 100 + (0 if fraction is None else int(fraction.ljust(2, "0")))
        else:
            value = _kopecks(_decimal(cell, decimal), scale)
        if value < 0:
            if not to_zero:
                raise BadCell("amount.negative", _NEGATIVE)
            value = 0
        if value > most:
            raise BadCell(
                "amount.large",
                Text("The amount is larger than {most} roubles.", "Сумма больше {most} рублей.").format(
                    most=f"{most // 100:,}".replace(",", " ")
                ),
            )
        if positive and value == 0:
            raise BadCell("amount.zero", Text("The amount must be above 0.", "Сумма должна быть больше нуля."))
        return value

    return read


def _decimal(cell: Any, decimal: str | None) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str, Decimal)):
        raise BadCell("amount", _NOT_AMOUNT)
    if not isinstance(cell, str):
        value = Decimal(repr(cell) if isinstance(cell, float) else cell)
        if not value.is_finite():
            raise BadCell("amount", _NOT_AMOUNT)
        # what a spreadsheet computes carries noise far behind the kopecks
        return value if value.adjusted() > 20 else value.quantize(Decimal("1e-6")).normalize()
    bare = _SPACES.sub("", _CURRENCY.sub("", cell.strip())).replace("\N{MINUS SIGN}", "-")
    sign = ""
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign = bare[1:-1], "-"
    elif bare[:1] in ("-", "+"):
        sign, bare = bare[0].replace("+", ""), bare[1:]
    try:
        # digits and marks only: Decimal itself would take 1E9, NaN and Infinity
        if not bare or bare.strip("0123456789.,") or not bare.isascii():
            raise BadCell("amount", _NOT_AMOUNT)
        return Decimal(sign + _point(bare, decimal))
    except InvalidOperation as error:
        raise BadCell("amount", _NOT_AMOUNT) from error


def _point(bare: str, decimal: str | None) -> str:
    """The digits with a point as decimal sign, and thousands together."""
    marks = {mark for mark in ",." if mark in bare}
    if not marks:
        return bare
    last = max(bare.rfind(","), bare.rfind("."))
    if decimal is None:
        if len(marks) == 2:
            decimal = bare[last]
        elif bare.count(bare[last]) > 1:
            decimal = "." if bare[last] == "," else ","
        elif _GROUPED.fullmatch(bare) and not bare.startswith("0"):
            raise BadCell(
                "amount.doubtful",
                Text(
                    "Is this {thousands} or a fraction? Say in the mapping which sign is the decimal one (decimal).",
                    "Это {thousands} или дробь? Укажите в сопоставлении десятичный знак (decimal).",
                ).format(thousands=bare.replace(bare[last], " ")),
            )
        else:
            decimal = bare[last]
    group = "," if decimal == "." else "."
    whole, _, fraction = bare.partition(decimal)
    if group in whole and not _GROUPED.fullmatch(whole):
        raise BadCell("amount", _NOT_AMOUNT)
    if group in fraction or decimal in fraction:
        raise BadCell("amount", _NOT_AMOUNT)
    return f"{whole.replace(group, '') or '0'}.{fraction or '0'}"


def _kopecks(value: Decimal, scale: int) -> int:
    if value.adjusted() > 20:
        raise BadCell("amount.large", Text("The amount is enormous.", "Сумма невероятно велика."))
    scaled = value * scale
    if scaled != scaled.to_integral_value():
        raise BadCell(
            "amount.fraction",
            Text("The amount has fractions of a kopeck.", "В сумме есть доли копейки."),
        )
    return int(scaled)


# -- days and instants --------------------------------------------------------------------------------------------


def _day_of(said: str, order: str) -> tuple[date, str]:
    """The day at the beginning of a text, and what stands behind it."""
    if found := _ISO_DAY.match(said):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _LOCAL_DAY.match(said):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if order == "MDY":
            day, month = month, day
    else:
        raise BadCell("day", _NOT_DAY)
    return _sensible(year, month, day), said[found.end() :]


def _sensible(year: int, month: int, day: int) -> date:
    if not YEARS[0] <= year <= YEARS[1]:
        raise BadCell(
            "day.year",
            Text("The year {year} is impossible here.", "Года {year} здесь быть не может.").format(year=year),
        )
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadCell("day.impossible", Text("There is no such day.", "Такого дня не бывает.")) from error


def _day_reader(target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
    order = str(options.get("order") or "DMY")
    latest = around.today if target.key in ("birth_date", "overdue_since") else date.max

    @lru_cache(maxsize=20_000)
    def parse(said: str) -> date:
        day, rest = _day_of(said, order)
        if rest and not _TIME.fullmatch(rest):
            raise BadCell("day", _NOT_DAY)
        return day

    def read(cell: Any) -> date:
        if isinstance(cell, str):
            day = parse(cell)
        elif isinstance(cell, date):  # a datetime is one
            day = _sensible(cell.year, cell.month, cell.day)
        else:
            raise BadCell("day", _NOT_DAY)
        if day > latest:
            raise BadCell("day.future", Text("The day lies in the future.", "Эта дата ещё не наступила."))
        return day

    return read


def _instant_reader(_target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
    order = str(options.get("order") or "DMY")
    home = zone(around.time_zone)

    def closing(day: date) -> datetime:
        # a payment of that day must count for promises due on it; never later than the moment it is
        last = datetime.combine(day, time(23, 59, 59), home).astimezone(UTC)
        return min(last, around.now) if day <= around.now.astimezone(home).date() else last

    @lru_cache(maxsize=20_000)
    def parse(said: str) -> datetime:
        day, rest = _day_of(said, order)
        if not rest:
            return closing(day)
        found = _TIME.fullmatch(rest)
        if found is None:
            raise BadCell("day", _NOT_DAY)
        hour, minute, second, part, offset = found.groups()
        try:
            clock = time(int(hour), int(minute), int(second or 0), int((part or "").ljust(6, "0") or 0))
        except ValueError as error:
            raise BadCell("day.impossible", Text("There is no such time.", "Такого времени не бывает.")) from error
        if offset is None:
            # many programs write a day alone with a midnight behind it
            return datetime.combine(day, clock, home).astimezone(UTC) if clock != time() else closing(day)
        if offset in ("Z", "UTC"):
            return datetime.combine(day, clock, UTC)
        digits = offset[1:].replace(":", "").ljust(4, "0")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if ahead > timedelta(hours=14):
            raise BadCell("day.impossible", Text("There is no such time.", "Такого времени не бывает."))
        return datetime.combine(day, clock, UTC) - (ahead if offset[0] == "+" else -ahead)

    def read(cell: Any) -> datetime:
        if isinstance(cell, str):
            moment = parse(cell)
        elif isinstance(cell, datetime):
            _sensible(cell.year, cell.month, cell.day)
            moment = closing(cell.date()) if cell.time() == time() else cell.replace(tzinfo=home).astimezone(UTC)
        elif isinstance(cell, date):
            moment = closing(_sensible(cell.year, cell.month, cell.day))
        else:
            raise BadCell("day", _NOT_DAY)
        if moment > around.now:
            raise BadCell("day.future", Text("The moment lies in the future.", "Этот момент ещё не наступил."))
        return moment

    return read


def _money_reader(target: Target, options: Mapping[str, Any], _around: Surroundings) -> Read:
    return money_reader(options, most=target.limit, positive=target.positive)


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
    "day": _day_reader,
    "instant": _instant_reader,
}
