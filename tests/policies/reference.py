"""The contact guard once more, slow and plain: one borrower, one contact, straight from the policy's document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays


@dataclass(frozen=True, kw_only=True)
class Made:
    """A contact that has been made."""

    kind: str
    at: datetime
    loan: int = 1
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom the contact is to reach, about which loan."""

    time_zone: str
    loan: int = 1
    address: str | None = "somewhere"
    stop: str | None = None
    stop_until: datetime | None = None
    refused: frozenset[str] = frozenset()


def zone(name: str) -> ZoneInfo:
    """The zone; UTC for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def rests(document: Mapping[str, Any], day: date, decreed: Mapping[date, bool]) -> bool:
    """Whether a day is one of rest."""
    if day in decreed:
        return decreed[day]
    country = document["country"]
    holiday = country is not None and day in holidays.country_holidays(country, years=day.year)
    return day.weekday() in (5, 6) or holiday


def open_at(document: Mapping[str, Any], now: datetime, time_zone: str, decreed: Mapping[date, bool]) -> bool:
    """Whether the clock where the borrower lives lets a contact begin."""
    local = now.astimezone(zone(time_zone))
    opens, closes = document["hours"]["rest" if rests(document, local.date(), decreed) else "working"]
    return bool(opens <= f"{local:%H:%M}" < closes)


def opens_next(document: Mapping[str, Any], now: datetime, time_zone: str, decreed: Mapping[date, bool]) -> datetime:
    """The first instant from now on at which it does, found minute by minute."""
    if open_at(document, now, time_zone, decreed):
        return now
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    while True:
        moment += timedelta(minutes=1)
        if open_at(document, moment, time_zone, decreed):
            return moment


def inside(window: Mapping[str, Any], at: datetime, now: datetime, time_zone: str) -> bool:
    """Whether a contact lies in the window that ends now."""
    if "rolling_days" in window:
        return now - at < timedelta(days=window["rolling_days"])
    if "rolling_hours" in window:
        return now - at < timedelta(hours=window["rolling_hours"])
    there, here = at.astimezone(zone(time_zone)).date(), now.astimezone(zone(time_zone)).date()
    parts = {
        "day": lambda day: day,
        "week": lambda day: day.isocalendar()[:2],
        "month": lambda day: (day.year, day.month),
    }
    part = parts[window["calendar"]]
    return bool(part(there) == part(here))


def guard(
    document: Mapping[str, Any],
    person: Person,
    history: Iterable[Made],
    *,
    kind: str,
    channel: str,
    now: datetime,
    decreed: Mapping[date, bool] | None = None,
) -> str:
    """The code of the answer."""
    if not person.address:
        return "no_address"
    if channel in document["channels_off"]:
        return "channel_off"
    if person.stop is not None and (person.stop_until is None or person.stop_until > now):
        return f"stop:{person.stop}"
    if channel in person.refused:
        return "refused"
    if not open_at(document, now, person.time_zone, decreed or {}):
        return "defer"
    for limit in document["limits"]:
        if limit["kind"] != kind:
            continue
        made = [each for each in history if limit["per"] == "borrower" or each.loan == person.loan]
        if limit["counts"] == "talks":
            counted = [each for each in made if each.kind in (kind, "incoming") and each.outcome == "talked"]
            new = 0
        else:
            counted = [each for each in made if each.kind == kind]
            new = 1
        for window in limit["windows"]:
            within = sum(inside(window, each.at, now, person.time_zone) for each in counted)
            if within + new > limit["contacts"]:
                return _code(limit)
    return "allow"


def _code(limit: Mapping[str, Any]) -> str:
    first = next((each["calendar"] for each in limit["windows"] if "calendar" in each), None)
    if first is None:
        days = max(each.get("rolling_days", 0) * 24 + each.get("rolling_hours", 0) for each in limit["windows"])
        first = f"{days}h" if days % 24 else f"{days // 24}d"
    if limit["counts"] == "talks":
        return f"talk:{first}"
    return f"limit:{limit['contacts']}:{first}" + (":loan" if limit["per"] == "loan" else "")
