"""The full cost of a loan (ПСК) as article 6 of law 353-ФЗ defines it.

ПСК = i · ЧБП · 100, where i is the least positive root of Σ ДП / ((1 + e·i)(1 + i)^q) = 0 over all flows, q the whole
base periods from the issue to the flow, e the rest of one, and ЧБП the base periods in a year of 365 days. The base
period is the interval that the schedule repeats most often: the smallest of those that are equally frequent, their mean
when none repeats, a year at most. All months are equally long. What depends on the borrower's being late is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import exp, log1p

from scenario_engine.registry.lending.calendar import months_later
from scenario_engine.registry.lending.schedule import Schedule

YEAR = 365
MONTH = YEAR / 12
#: halvings of the interval in which the root lies: beyond the precision of a float
_HALVINGS = 200


@dataclass(frozen=True, kw_only=True)
class FullCost:
    """Both figures that a contract shows."""

    #: thousandths of a per cent a year: 292 000 is 292.000 %
    rate: int
    #: kopecks beyond the principal
    amount: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Money, above 0 from the borrower, at a distance from the issue: `whole` base periods and a share of one."""

    amount: int
    whole: int
    rest: float


def full_cost(schedule: Schedule, *, months: int | None) -> FullCost:
    """The full cost of a loan that is paid in time; `months` from one instalment to the next, None: counted in days."""
    flows, periods = _flows(schedule, months)
    return FullCost(rate=int(_root(flows) * periods * 100_000 + 0.5), amount=schedule.charges)


def base_days(schedule: Schedule) -> int:
    """The base period of a schedule that counts in days."""
    days = [schedule.issued_on, *(line.due_on for line in schedule.lines)]
    found = Counter((later - earlier).days for earlier, later in pairwise(days) if later > earlier)
    if not found:
        return 1
    most = max(found.values())
    if most == 1:
        base = round(sum(found) / len(found))
    else:
        base = min(length for length, times in found.items() if times == most)
    return min(max(base, 1), YEAR)


def _flows(schedule: Schedule, months: int | None) -> tuple[list[Flow], float]:
    """The flows, and how many base periods a year has."""
    start = schedule.issued_on
    flows = [Flow(amount=schedule.issue_fee - schedule.principal, whole=0, rest=0.0)]
    if months is None:
        base = base_days(schedule)
        for line in schedule.lines:
            whole, rest = divmod((line.due_on - start).days, base)
            flows.append(Flow(amount=line.amount, whole=whole, rest=rest / base))
        return flows, YEAR / base
    base = min(months, 12)
    for line in schedule.lines:
        whole, days = _periods(start, line.due_on, base)
        flows.append(Flow(amount=line.amount, whole=whole, rest=days / (base * MONTH)))
    return flows, 12 / base


def _periods(start: date, day: date, base: int) -> tuple[int, int]:
    """Whole periods of `base` months from `start` to `day`, and the days beyond them."""
    whole = ((day.year - start.year) * 12 + day.month - start.month) // base + 1
    while months_later(start, whole * base) > day:
        whole -= 1
    return whole, (day - months_later(start, whole * base)).days


def present_value(flows: Sequence[Flow], rate: float) -> float:
    """The left side of the equation."""
    ln = log1p(rate)
    return sum(flow.amount / (1 + flow.rest * rate) * exp(-flow.whole * ln) for flow in flows)


def _root(flows: Sequence[Flow]) -> float:
    """The rate of a base period. With one flow to the borrower, before all others, there is one root at most."""
    if sum(flow.amount for flow in flows) <= 0:
        return 0.0
    low, high = 0.0, 1.0
    while present_value(flows, high) > 0:
        if high > 1e9:
            return high
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if present_value(flows, middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
