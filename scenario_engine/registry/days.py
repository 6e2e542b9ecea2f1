"""Days of the portfolio's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scenario_engine.errors import Invalid
from scenario_engine.texts import Text


@lru_cache(maxsize=128)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises `Invalid` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            Text("There is no time zone {name}.", "Часового пояса {name} нет.").format(name=name),
            code="time_zone.unknown",
        ) from error


def local_day(instant: datetime, time_zone: str) -> date:
    """The day on which the instant falls in the time zone."""
    return instant.astimezone(zone(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """The first instant of the day in the time zone, UTC."""
    return datetime.combine(day, time(), zone(time_zone)).astimezone(UTC)


def end_of(day: date, time_zone: str) -> datetime:
    """The first instant after the day in the time zone, UTC."""
    return start_of(day + timedelta(days=1), time_zone)
