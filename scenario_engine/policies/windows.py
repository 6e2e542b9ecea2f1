"""Spans of time that end now, in which contacts are counted: calendar ones by the borrower's clock, and rolling ones.

Where the law does not say which it means, a limit names both and the stricter counts. Both end now, so the one that
began earlier holds whatever the other holds: a limit needs one instant, the earlier of their beginnings, and one count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from scenario_engine.policies.days import zone_of

HOUR = 3600
DAY = 24 * HOUR

Unit = Literal["day", "week", "month"]
#: seconds that a calendar window is never longer than, changes of clocks included
_LONGEST = {"day": 2 * DAY, "week": 8 * DAY, "month": 32 * DAY}
#: calendar windows that lie within others
_WITHIN = {"day": ("week", "month"), "week": (), "month": ()}
#: instants are whole microseconds: what is later than the one before midnight is of the new day
_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rolling:
    """The last so many seconds; a contact made exactly so long ago is outside."""

    seconds: int

    def start(self, now: datetime, time_zone: str) -> datetime:
        """What is later lies inside."""
        return now - timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Calendar:
    """The local day, the week from Monday, or the month that it is now."""

    unit: Unit

    def start(self, now: datetime, time_zone: str) -> datetime:
        """What is later lies inside."""
        return _midnight(self._first(now, time_zone), time_zone) - _BEFORE

    def after(self, now: datetime, time_zone: str) -> datetime:
        """When the next window of this kind begins."""
        day = self._first(now, time_zone)
        following = {"day": day + timedelta(days=1), "week": day + timedelta(days=7)}
        month = (day + timedelta(days=31)).replace(day=1)
        return _midnight(following.get(self.unit, month), time_zone)

    @property
    def longest(self) -> int:
        """Seconds that it never lasts longer than, changes of clocks included."""
        return _LONGEST[self.unit]

    def _first(self, now: datetime, time_zone: str) -> date:
        day = now.astimezone(zone_of(time_zone)).date()
        if self.unit == "day":
            return day
        return day - timedelta(days=day.weekday()) if self.unit == "week" else day.replace(day=1)


Window = Rolling | Calendar


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), zone_of(time_zone)).astimezone(UTC)


@dataclass(frozen=True)
class DayBegan:
    """When the local day so many days ago began."""

    ago: int

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        return _midnight(now.astimezone(zone_of(time_zone)).date() - timedelta(days=self.ago), time_zone)


@dataclass(frozen=True)
class Beginning:
    """The moment after which a contact lies in one of the windows at least. Compares by content, so that a tick reckons
    it once for each time zone.
    """

    windows: frozenset[Window]

    def __call__(self, now: datetime, time_zone: str) -> datetime:
        """The instant, UTC."""
        return min(window.start(now, time_zone) for window in self.windows)


def widest(windows: Iterable[Window]) -> frozenset[Window]:
    """The windows that do not lie within another one at every moment."""
    every = frozenset(windows)
    return frozenset(window for window in every if not any(_lies_within(window, other) for other in every - {window}))


def _lies_within(window: Window, other: Window) -> bool:
    if isinstance(other, Rolling):
        length = window.seconds if isinstance(window, Rolling) else window.longest
        return length <= other.seconds
    return isinstance(window, Calendar) and other.unit in _WITHIN[window.unit]
