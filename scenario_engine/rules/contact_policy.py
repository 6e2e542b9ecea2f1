"""Contact policies: what the law allows, as dated data.

A pack states how many contacts of a kind fit into a window, and the local hours in which a contact may be made.
Where the law is silent between calendar and rolling windows the pack takes rolling ones, which are never looser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from scenario_engine.errors import NotFound
from scenario_engine.texts import Text

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `contacts` in any `seconds`."""

    contacts: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Local hours in which a contact may begin, `opens` included, `closes` not."""

    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class ContactPolicy:
    """One pack, in force from `valid_from` until the next one of the same key."""

    key: str
    title: Text
    valid_from: date
    source: str
    limits: Mapping[str, tuple[Limit, ...]]
    working_days: Hours
    rest_days: Hours
    #: country whose public holidays count as rest days; null: weekends only
    country: str | None

    def hours_on(self, day: date) -> Hours:
        """The hours of a local day."""
        return self.rest_days if is_rest_day(day, self.country) else self.working_days

    def next_moment(self, now: datetime, time_zone: str) -> datetime:
        """The earliest instant from `now` on at which the hours allow a contact in that zone, maybe `now` itself."""
        zone = zone_of(time_zone)
        local = now.astimezone(zone)
        for ahead in range(16):
            day = local.date() + timedelta(days=ahead)
            hours = self.hours_on(day)
            opens = datetime.combine(day, hours.opens, zone)
            closes = datetime.combine(day, hours.closes, zone)
            if now < opens:
                return opens.astimezone(UTC)
            if now < closes:
                return now
        raise AssertionError("a policy opens at least once in a fortnight")


@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


def is_rest_day(day: date, country: str | None) -> bool:
    """Weekend or public holiday of the country."""
    if day.weekday() >= 5:
        return True
    return country is not None and day in _public_holidays(country, day.year)


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


# The longest local day has 25 hours and the longest month 31 days: with these the rolling window is never looser
# than the
# calendar one.
_RU_MESSAGES = (
    Limit(contacts=2, seconds=25 * HOUR),
    Limit(contacts=4, seconds=7 * DAY),
    Limit(contacts=16, seconds=31 * DAY),
)
_RU_CALLS = (
    Limit(contacts=1, seconds=25 * HOUR),
    Limit(contacts=2, seconds=7 * DAY),
    Limit(contacts=8, seconds=31 * DAY),
)

PACKS: tuple[ContactPolicy, ...] = (
    ContactPolicy(
        key="ru-230",
        title=Text("Russia, law 230-FZ", "Россия, закон 230-ФЗ"),
        valid_from=date(2024, 2, 1),
        source="230-ФЗ, art. 7; FSSP, answers to frequent questions",
        limits={
            "message": _RU_MESSAGES,
            "call": _RU_CALLS,
            "meeting": (Limit(contacts=1, seconds=7 * DAY),),
        },
        working_days=Hours(opens=time(8), closes=time(22)),
        rest_days=Hours(opens=time(9), closes=time(20)),
        country="RU",
    ),
    ContactPolicy(
        key="neutral",
        title=Text("No law: daytime, once a day", "Без закона: днём, раз в день"),
        valid_from=date(2000, 1, 1),
        source="house rule",
        limits={kind: (Limit(contacts=1, seconds=DAY),) for kind in ("message", "call", "meeting")},
        working_days=Hours(opens=time(9), closes=time(20)),
        rest_days=Hours(opens=time(10), closes=time(18)),
        country=None,
    ),
)


def policy_on(key: str, day: date) -> ContactPolicy:
    """The pack of that key in force on a day (the first one, for a day before all); `NotFound` for an unknown key."""
    packs = sorted((pack for pack in PACKS if pack.key == key), key=lambda pack: pack.valid_from)
    if not packs:
        raise NotFound(Text("There is no contact policy “{key}”.", "Нет политики контактов «{key}».").format(key=key))
    in_force = [pack for pack in packs if pack.valid_from <= day]
    return in_force[-1] if in_force else packs[0]
