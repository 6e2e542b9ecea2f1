"""Days and moments as files write them: only those that a calendar and a registry may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from scenario_engine.registry.days import zone
from scenario_engine.registry.imports.cell import BadCell, Read, Surroundings
from scenario_engine.registry.imports.targets import Target
from scenario_engine.texts import Text

#: the first and the last year of a day that a registry may hold
YEARS = (1900, 2100)

_ISO_DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_LOCAL_DAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_TIME = re.compile(
    r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)? ?(Z|UTC|[-+]\d{2}(?::?\d{2})?)?", re.ASCII
)

_NOT_DAY = Text(
    "This is not a date: write it like 31.12.2026 or 2026-12-31.",
    "Это не дата: её пишут так: 31.12.2026 или 2026-12-31.",
)


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


def day_reader(target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
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


def instant_reader(_target: Target, options: Mapping[str, Any], around: Surroundings) -> Read:
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
