"""The one place of the web edge that looks at a clock; everything below is told the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

#: configuration key of the function that tells the time; tests put their own there
CLOCK = "KASKAD_CLOCK"


def system_clock() -> datetime:
    """The instant it is, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The instant it is for this application, in UTC."""
    moment: datetime = current_app.config[CLOCK]()
    return moment


def today(moment: datetime, time_zone: str) -> date:
    """The local day of the portfolio at that moment."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
