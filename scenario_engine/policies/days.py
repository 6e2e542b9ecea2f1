"""Local time: zones by name, days of work and of rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays


@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


def is_rest_day(day: date, country: str | None) -> bool:
    """Weekend or public holiday of the country."""
    if day.weekday() >= 5:
        return True
    return country is not None and day in _public_holidays(country, day.year)


def holiday_name(day: date, country: str | None) -> str | None:
    """What the country calls its holiday on a day; None when it is none."""
    return None if country is None else _public_holidays(country, day.year).get(day)


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """The days of rest of a country, with those that were decreed."""

    #: ISO 3166-1; null: weekends only
    country: str | None
    #: days that are otherwise than the country's calendar has them: rest or not
    decreed: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    def is_rest_day(self, day: date) -> bool:
        """Whether nobody is expected to work."""
        decreed = self.decreed.get(day)
        return is_rest_day(day, self.country) if decreed is None else decreed


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
