"""Due days: terms in days, weeks and months from the day of issue."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta

from scenario_engine.policies.days import is_rest_day
from scenario_engine.registry.lending.terms import Terms

_DAYS = {"day": 1, "week": 7}


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where there is no such day; civil code, art. 192 (3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def term_later(day: date, count: int, unit: str) -> date:
    """The day that many units later. Counted from the day of issue, so that a short month shortens none after it."""
    return months_later(day, count) if unit == "month" else day + timedelta(days=count * _DAYS[unit])


def working_day(day: date, country: str | None) -> date:
    """The day itself, or the first working day after it; civil code, art. 193."""
    while is_rest_day(day, country):
        day += timedelta(days=1)
    return day


def due_days(terms: Terms, *, term: int, issued_on: date, country: str | None) -> list[date]:
    """The days of the instalments of a loan."""
    steps = [term] if terms.kind == "bullet" else range(terms.pay_every, term + 1, terms.pay_every)
    days = [term_later(issued_on, count, terms.unit) for count in steps]
    return [working_day(day, country) for day in days] if terms.working_days else days


def days_by_year(after: date, upto: date) -> list[tuple[int, int]]:
    """The days after `after`, `upto` included, as pairs: how many of them fall into a year of how many days."""
    if after >= upto:
        return []
    found = []
    for year in range(after.year, upto.year + 1):
        first, last = max(after, date(year - 1, 12, 31)), min(upto, date(year, 12, 31))
        if first < last:
            found.append(((last - first).days, 366 if isleap(year) else 365))
    return found


def within_a_year(issued_on: date, upto: date) -> bool:
    """Whether a loan that ends on `upto` runs for a year at most."""
    return upto <= months_later(issued_on, 12)
