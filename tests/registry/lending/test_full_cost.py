"""ПСК is what article 6 of 353-ФЗ says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_engine.registry.lending import offer
from scenario_engine.registry.lending.full_cost import base_days, full_cost
from scenario_engine.registry.lending.schedule import Schedule
from scenario_engine.registry.lending.terms import Terms
from tests.registry.lending.offers import PAYDAY, products, some_terms

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
SUMS = st.integers(100_000, 10_000_000)


def by_the_law(schedule: Schedule, months: int | None, rate: Decimal) -> Decimal:
    """The left side of the law's equation at ПСК = `rate` per cent, in decimals and with dates counted by hand."""
    start = schedule.issued_on
    if months is None:
        base = base_days(schedule)
        periods = Decimal(365) / base
    else:
        base = min(months, 12)
        periods = Decimal(12) / base
    i = rate / 100 / periods
    total = Decimal(schedule.issue_fee - schedule.principal)
    for line in schedule.lines:
        if months is None:
            whole, rest = divmod((line.due_on - start).days, base)
            e = Decimal(rest) / base
        else:
            whole = 0
            while shifted(start, (whole + 1) * base) <= line.due_on:
                whole += 1
            e = (line.due_on - shifted(start, whole * base)).days / (Decimal(365) / 12 * base)
        total += line.amount / ((1 + e * i) * (1 + i) ** whole)
    return total


def shifted(day: date, months: int) -> date:
    for back in range(4):
        try:
            return date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError


@settings(max_examples=1_000, deadline=None)
@given(products(), DAYS, SUMS)
def test_the_laws_equation_changes_its_sign_at_the_figure(
    product: tuple[Terms, int], issued_on: date, principal: int
) -> None:
    terms, term = product
    schedule = offer.schedule_of(terms, principal=principal, term=term, issued_on=issued_on)
    months = offer.months_between(terms, term)
    found = full_cost(schedule, months=months)
    assert found.amount == schedule.charges
    if found.amount == 0:
        assert found.rate == 0
        return
    with localcontext() as context:
        context.prec = 50
        half = Decimal("0.0005000001")
        rate = Decimal(found.rate) / 1000
        assert by_the_law(schedule, months, max(Decimal(0), rate - half)) > 0
        assert by_the_law(schedule, months, rate + half) < 0


@settings(max_examples=300, deadline=None)
@given(products(unit="month", kind="annuity", pay_every=1, term_max=12, working_days=False), DAYS, SUMS)
def test_monthly_instalments_cost_twelve_times_the_rate_of_return_of_numpy_financial(
    product: tuple[Terms, int], issued_on: date, principal: int
) -> None:
    schedule = offer.schedule_of(product[0], principal=principal, term=12, issued_on=issued_on)
    flows = [schedule.issue_fee - principal, *(line.amount for line in schedule.lines)]
    expected = float(npf.irr(flows)) * 12 * 100_000
    assert full_cost(schedule, months=1).rate == pytest.approx(expected, abs=0.51)


@pytest.mark.parametrize(("days", "rate"), [(7, 292_000), (15, 292_000), (30, 292_000)])
def test_a_payday_loan_at_the_cap_costs_292_per_cent(days: int, rate: int) -> None:
    found = offer.preview(some_terms(**PAYDAY), principal=1_000_000, term=days, issued_on=date(2026, 4, 1))
    assert (found.cost.rate, found.cost.amount) == (rate, 8_000 * days)


def test_a_fee_at_issue_raises_the_full_cost() -> None:
    plain, dear = (
        offer.preview(some_terms(**PAYDAY, issue_fee=fee), principal=1_000_000, term=30, issued_on=date(2026, 4, 1))
        for fee in (0, 50_000)
    )
    assert dear.cost.amount == plain.cost.amount + 50_000
    assert dear.cost.rate > plain.cost.rate * 1.2


def test_the_base_period_is_the_most_frequent_interval_and_the_smallest_of_equals() -> None:
    weekly = some_terms(unit="week", term_max=20, policy="neutral")
    schedule = offer.schedule_of(weekly, principal=1_000_000, term=10, issued_on=date(2026, 4, 1))
    assert base_days(schedule) == 7
    # moved by the New Year holidays: 7, 15 and 6 days apart
    moved = some_terms(unit="week", term_max=20, working_days=True)
    schedule = offer.schedule_of(moved, principal=1_000_000, term=3, issued_on=date(2025, 12, 21))
    days = [line.due_on for line in schedule.lines]
    assert days == [date(2025, 12, 29), date(2026, 1, 12), date(2026, 1, 12)]
    assert base_days(schedule) == 11  # no interval repeats: the mean of 8 and 14
