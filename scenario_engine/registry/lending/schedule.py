"""What a borrower pays when: schedules to the kopeck.

Interest runs from the day after the issue to the day of payment, on the principal that is left, by real days (a rate by
the year is divided by the 365 or 366 days of the year in which the day falls). It is summed in millionths of a kopeck
and charged in whole kopecks; what is left of a kopeck is carried on, so no schedule ever asks for more than the rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext

from scenario_engine.registry.lending.calendar import days_by_year, due_days
from scenario_engine.registry.lending.terms import WHOLE, Terms

#: digits enough for thirty years of daily instalments
_DIGITS = 60
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One instalment; kopecks."""

    number: int
    due_on: date
    principal: int
    interest: int
    fee: int
    #: principal that is left after it
    left: int

    @property
    def amount(self) -> int:
        """All that is paid."""
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A loan as it goes when everything is paid in time."""

    issued_on: date
    principal: int
    #: kept back when the loan is paid out
    issue_fee: int
    lines: tuple[Line, ...]

    @property
    def charges(self) -> int:
        """What the borrower pays beyond the principal: interest and fees."""
        return self.issue_fee + sum(line.interest + line.fee for line in self.lines)

    @property
    def ends_on(self) -> date:
        """Day of the last instalment."""
        return self.lines[-1].due_on


def millionths(terms: Terms, principal: int, after: date, upto: date) -> int:
    """Interest in millionths of a kopeck for the days after `after`, `upto` included."""
    return rate_millionths(principal, terms.rate_ppm, terms.rate_per, after, upto)


def rate_millionths(amount: int, ppm: int, per: str, after: date, upto: date) -> int:
    """What an amount costs at `ppm` a day or a year, in millionths of a kopeck; each day is rounded down to one."""
    if per == "day":
        return max(0, (upto - after).days) * amount * ppm
    return sum(days * (amount * ppm // year) for days, year in days_by_year(after, upto))


def draw(terms: Terms, *, principal: int, term: int, issued_on: date, country: str | None) -> Schedule:
    """The schedule of a loan of `principal` kopecks for `term` units, issued that day.

    An annuity's instalments are equal but for the last one, which is never larger, and for those of long months whose
    interest alone is more; a differentiated loan repays equal parts of the principal. Raises `OverflowError` for a loan
    that ends after the calendar does.
    """
    days = due_days(terms, term=term, issued_on=issued_on, country=country)
    lines = fill(terms, principal, days, share(terms, principal, days, issued_on), after=issued_on)
    return Schedule(
        issued_on=issued_on, principal=principal, issue_fee=terms.fee_at_issue(principal), lines=tuple(lines)
    )


def fill(
    terms: Terms,
    principal: int,
    days: Sequence[date],
    share: int | Callable[[int], int],
    *,
    after: date,
    first_number: int = 1,
    interest: int = 0,
    rest: int = 0,
    free: Sequence[tuple[date, date]] = (),
) -> list[Line]:
    """The lines that repay `principal` on these days.

    `share` is what an instalment pays (an annuity's with its interest, another's without); a function gives the
    principal of a line by its index. `interest` and `rest` (millionths) are owed on the day `after` already. On the
    days of `free` (first and last) no interest runs.
    """
    lines, left, before = [], principal, after
    for index, day in enumerate(days):
        earned, rest = divmod(rest + _running(terms, left, before, day, free), WHOLE)
        interest += earned
        if callable(share):
            part = share(index)
        else:
            # an annuity's share is the whole payment
            part = max(0, share - (interest if terms.kind == "annuity" else 0))
        part = left if index == len(days) - 1 else min(left, part)
        left -= part
        lines.append(
            Line(
                number=first_number + index, due_on=day, principal=part, interest=interest, fee=terms.instalment_fee,
                left=left,
            )
        )  # fmt: skip
        before, interest = day, 0
        if left == 0:
            break
    return lines


def _running(terms: Terms, principal: int, after: date, upto: date, free: Sequence[tuple[date, date]]) -> int:
    """Interest in millionths for the days after `after`, but for those that are free."""
    spared = sum(
        millionths(terms, principal, max(after, first - _ONE_DAY), min(upto, last))
        for first, last in free
        if first <= upto and last > after
    )
    return millionths(terms, principal, after, upto) - spared


def share(terms: Terms, principal: int, days: Sequence[date], after: date) -> int:
    """What each instalment pays: an annuity's with its interest, another's without."""
    return level(terms, principal, days, after) if terms.kind == "annuity" else principal // len(days)


def level(terms: Terms, principal: int, days: Sequence[date], issued_on: date) -> int:
    """The payment that, made on each of the days, repays the loan: principal over the sum of discounts, rounded up."""
    with localcontext() as context:
        context.prec = _DIGITS
        discount, discounts, before = Decimal(1), Decimal(0), issued_on
        for day in days:
            # the rate of the period, told on a sum so large that rounding does not show
            rate = Decimal(millionths(terms, 10**30, before, day)) / (10**30 * WHOLE)
            discount /= 1 + rate
            discounts += discount
            before = day
        return int((principal / discounts).to_integral_value(ROUND_CEILING))
