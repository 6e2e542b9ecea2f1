"""Local moments of a borrower: values that the engine calls with the tick's instant and a time zone.

They are frozen and compare by content, so that a tick computes each of them once for a time zone. All but `DayClock`
lie at least one minute ahead: a case that waits really waits, and a tick ends.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

#: day from which `DayClock` counts
REFERENCE = date(2020, 1, 1)
SHORTEST = timedelta(minutes=1)


def zone_named(name: str) -> ZoneInfo:
    """The zone; Moscow's for a name that no database of zones knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Europe/Moscow")


def clock(words: str) -> time:
    """``10:30`` as a time of day."""
    hour, minute = words.split(":")
    return time(int(hour), int(minute))


def _at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, moment, zone).astimezone(UTC)


@dataclass(frozen=True)
class Later:
    """So many seconds later, and then the next time the borrower's clock shows `at`."""

    seconds: int
    at: str

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        zone = zone_named(time_zone)
        earliest = now + timedelta(seconds=self.seconds)
        day = earliest.astimezone(zone).date()
        found = _at(day, clock(self.at), zone)
        return found if found >= earliest else _at(day + timedelta(days=1), clock(self.at), zone)


@dataclass(frozen=True)
class Weekday:
    """The next time it is `at` on one of the weekdays (0 is Monday)."""

    weekdays: frozenset[int]
    at: str

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        zone = zone_named(time_zone)
        today = now.astimezone(zone).date()
        for ahead in range(9):
            day = today + timedelta(days=ahead)
            found = _at(day, clock(self.at), zone)
            if day.weekday() in self.weekdays and found >= now + SHORTEST:
                return found
        raise ValueError("no weekday was chosen")


@dataclass(frozen=True)
class MonthDay:
    """The next time it is `at` on that day of the month; on the last day of a month that is shorter."""

    day: int
    at: str

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        zone = zone_named(time_zone)
        today = now.astimezone(zone).date()
        year, month = today.year, today.month
        while True:
            last = calendar.monthrange(year, month)[1]
            found = _at(date(year, month, min(self.day, last)), clock(self.at), zone)
            if found >= now + SHORTEST:
                return found
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


@dataclass(frozen=True)
class WorkingMoment:
    """The next moment between two times of a Russian working day; a minute from now when it is one already."""

    opens: str
    closes: str

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        zone = zone_named(time_zone)
        earliest = now + SHORTEST
        today = earliest.astimezone(zone).date()
        for ahead in range(32):
            day = today + timedelta(days=ahead)
            if _is_rest_day(day):
                continue
            opens, closes = _at(day, clock(self.opens), zone), _at(day, clock(self.closes), zone)
            if earliest < closes:
                return max(earliest, opens)
        raise ValueError("no working day in a month")


def _is_rest_day(day: date) -> bool:
    return day.weekday() >= 5 or day in holidays.country_holidays("RU", years=day.year)


@dataclass(frozen=True)
class DayClock:
    """The instant at which it was `at` on the reference day, by the zone's present distance from UTC.

    Whole days added to it give that time on any other day, so a date column becomes an instant inside the database.
    Zones that change their clocks in between are off by the hour they change; Russia's do not change them.
    """

    at: str

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        offset = now.astimezone(zone_named(time_zone)).utcoffset() or timedelta(0)
        return datetime.combine(REFERENCE, clock(self.at), UTC) - offset
