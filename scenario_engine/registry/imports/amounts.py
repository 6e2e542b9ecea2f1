"""Amounts of money as people and programs write them, read without a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from scenario_engine.registry.imports.cell import BadCell, Read
from scenario_engine.texts import Text

_PLAIN_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_CURRENCY = re.compile(r"(?:₽|руб(?:лей|ля|ль)?\.?|р\.|rub|rur)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]")

_NOT_AMOUNT = Text("This is not an amount of money: write it like 1234.56.", "Это не сумма: её пишут так: 1234,56.")
_NEGATIVE = Text("The amount is negative.", "Сумма отрицательная.")


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
    bare = SPACES.sub("", _CURRENCY.sub("", cell.strip())).replace("\N{MINUS SIGN}", "-")
    sign = ""
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign = bare[1:-1], "-"
    elif bare[:1] in ("-", "+"):
        sign, bare = bare[0].replace("+", ""), bare[1:]
    try:
        # digits and marks only: Decimal itself would take 1E9, NaN and Infinity
        if not bare.strip(".,") or bare.strip("0123456789.,"):
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
