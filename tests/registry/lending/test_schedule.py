"""Schedules repay the principal to the kopeck, on the right days, at the agreed rate."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_engine.registry.lending.calendar import days_by_year, due_days, months_later, working_day
from scenario_engine.registry.lending.schedule import Schedule, draw
from scenario_engine.registry.lending.terms import Terms
from tests.registry.lending.offers import PAYDAY, products, some_terms

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
SUMS = st.integers(100_000, 10_000_000)


def drawn(terms: Terms, term: int, issued_on: date, principal: int = 3_000_000) -> Schedule:
    country = None if terms.policy == "neutral" else "RU"
    return draw(terms, principal=principal, term=term, issued_on=issued_on, country=country)


def daily_rate(terms: Terms, day: date) -> Fraction:
    """The share of a day, said by hand."""
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    return Fraction(terms.rate_ppm, 10**6) / (1 if terms.rate_per == "day" else 366 if leap else 365)


@settings(max_examples=1_000, deadline=None)
@given(products(), DAYS, SUMS)
def test_interest_follows_a_walk_day_by_day(product: tuple[Terms, int], issued_on: date, principal: int) -> None:
    terms, term = product
    found = drawn(terms, term, issued_on, principal)
    left, owed, day = principal, Fraction(0), issued_on
    for line in found.lines:
        while day < line.due_on:
            day += timedelta(days=1)
            owed += left * daily_rate(terms, day)
        # never more than was earned, never a kopeck less
        assert 0 <= owed - line.interest < 1 + Fraction(1, 1000)
        owed -= line.interest
        left -= line.principal
        assert line.left == left
    assert left == 0
    assert all(line.principal >= 0 and line.fee == terms.instalment_fee for line in found.lines)
    assert [line.number for line in found.lines] == list(range(1, len(found.lines) + 1))


@settings(max_examples=1_000, deadline=None)
@given(
    # months differ in length: the walk by day is their independent calculation
    products(units=("day", "week"), least_rate=1, kind="annuity", rate_per="day", working_days=False, instalment_fee=0),
    DAYS,
    SUMS,
)
def test_an_annuity_is_what_numpy_financial_says(product: tuple[Terms, int], issued_on: date, principal: int) -> None:
    terms, term = product
    found = drawn(terms, term, issued_on, principal)
    count = term // terms.pay_every
    days = terms.pay_every * (7 if terms.unit == "week" else 1)
    rate = terms.rate_ppm * days / 1_000_000
    payment = float(npf.pmt(rate, count, -principal))
    growth = 0.0
    for line in found.lines[:-1]:
        assert 0 <= line.amount - payment < 1 + 1e-6 * payment
        interest = float(npf.ipmt(rate, line.number, count, -principal))
        # the payment is rounded up and interest down, by less than a kopeck each; both grow at the rate
        growth = growth * (1 + rate) + 2
        assert abs(line.interest - interest) <= 1 + rate * growth + 1e-6 * payment
    assert found.lines[-1].amount <= max(line.amount for line in found.lines)


@settings(max_examples=300, deadline=None)
@given(products(kind="annuity"), DAYS, SUMS)
def test_an_annuitys_payments_are_equal_and_the_last_one_is_never_larger(
    product: tuple[Terms, int], issued_on: date, principal: int
) -> None:
    terms, term = product
    *first, last = drawn(terms, term, issued_on, principal).lines
    assert len({line.amount for line in first if line.principal}) <= 1
    assert all(last.amount <= line.amount for line in first)


def test_an_annuity_never_asks_less_than_the_interest_of_a_long_month() -> None:
    terms = some_terms(rate_ppm=5_640, term_max=24, policy="neutral")
    first, second, *_rest = drawn(terms, 24, date(2019, 1, 1), 100_000).lines
    assert (first.principal, first.interest) == (0, 17_484)
    assert second.amount == 17_483


def test_a_differentiated_loan_repays_equal_parts_and_costs_less_every_month() -> None:
    found = drawn(some_terms(kind="differentiated"), 6, date(2026, 4, 1), 1_000_000)
    assert [line.principal for line in found.lines] == [166_666] * 5 + [166_670]
    assert [line.interest for line in found.lines] == sorted((line.interest for line in found.lines), reverse=True)


def test_a_bullet_is_paid_once_with_all_its_interest() -> None:
    (line,) = drawn(some_terms(**PAYDAY), 30, date(2026, 4, 1), 1_000_000).lines
    assert (line.due_on, line.principal, line.interest) == (date(2026, 5, 1), 1_000_000, 240_000)


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [
        (date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]),
        (date(2028, 1, 31), [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]),
        (date(2027, 11, 30), [date(2027, 12, 30), date(2028, 1, 30), date(2028, 2, 29)]),
        (date(2024, 2, 29), [date(2024, 3, 29), date(2024, 4, 29), date(2024, 5, 29)]),
    ],
)
def test_a_month_without_the_day_ends_on_its_last_and_shortens_none_after_it(
    issued_on: date, expected: list[date]
) -> None:
    assert due_days(some_terms(), term=3, issued_on=issued_on, country=None) == expected


def test_a_loan_of_february_29th_is_due_on_the_28th_a_year_later_and_on_the_29th_in_four() -> None:
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2024, 2, 29), 48) == date(2028, 2, 29)


def test_a_yearly_rate_is_divided_by_the_days_of_the_year_in_which_the_day_falls() -> None:
    assert days_by_year(date(2027, 12, 30), date(2028, 1, 2)) == [(2 - 1, 365), (2, 366)]
    terms = some_terms(kind="bullet", rate_per="year", rate_ppm=365_000, unit="day", term_max=366)
    leap = drawn(terms, 366, date(2027, 12, 31), 1_000_000)
    assert leap.charges == 365_000 - 1  # 366/366 of the rate, each day rounded down


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 1, 1), date(2026, 1, 12)),  # the New Year holidays and the weekend after them
        (date(2026, 5, 9), date(2026, 5, 12)),  # a Saturday; Monday is off for it
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 11, 27), date(2026, 11, 27)),
    ],
)
def test_a_due_day_moves_to_the_next_working_day(day: date, moved: date) -> None:
    assert working_day(day, "RU") == moved
    terms = some_terms(**PAYDAY, working_days=True)
    assert drawn(terms, 10, day - timedelta(days=10)).ends_on == moved


def test_a_moved_due_day_costs_the_days_until_then() -> None:
    still, moved = (
        drawn(some_terms(**PAYDAY, working_days=move), 10, date(2025, 12, 22), 1_000_000) for move in (False, True)
    )
    assert (still.charges, moved.charges) == (80_000, 168_000)


def test_fees_are_kept_back_at_issue_and_paid_with_each_instalment() -> None:
    found = drawn(
        some_terms(issue_fee=10_000, issue_fee_ppm=15_000, instalment_fee=500), 4, date(2026, 4, 1), 1_000_000
    )
    assert found.issue_fee == 25_000
    assert found.charges == 25_000 + sum(line.interest for line in found.lines) + 4 * 500
