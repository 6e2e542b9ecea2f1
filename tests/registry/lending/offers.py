"""Terms to build tests with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from scenario_engine.registry.lending.terms import LAW_ORDER, Terms

_PLAIN = Terms(
    kind="annuity", rate_ppm=2_600, rate_per="day", principal_min=100_000, principal_max=10_000_000, unit="month",
    term_min=1, term_max=12, pay_every=1, working_days=False, issue_fee=0, issue_fee_ppm=0, instalment_fee=0,
    grace_days=0, penalty_ppm=200_000, penalty_per="year", interest_when_late=True, order=LAW_ORDER, policy="ru-353",
)  # fmt: skip
PAYDAY: dict[str, Any] = {"kind": "bullet", "rate_ppm": 8_000, "unit": "day", "term_min": 5, "term_max": 30}


def some_terms(**over: Any) -> Terms:
    """Terms that the law of 2026 allows, unless told otherwise."""
    return replace(_PLAIN, **over)


@st.composite
def products(
    draw: st.DrawFn, *, units: Sequence[str] = ("day", "week", "month"), least_rate: int = 0, **fixed: Any
) -> tuple[Terms, int]:
    """Any sound terms with a term that they offer."""
    unit = draw(st.sampled_from(units))
    per = draw(st.sampled_from(("day", "year")))
    every = draw(st.integers(1, {"day": 30, "week": 5, "month": 3}[unit]))
    count = draw(st.integers(1, 24))
    values: dict[str, Any] = {
        "kind": draw(st.sampled_from(("annuity", "bullet", "differentiated"))),
        "unit": unit,
        "pay_every": every,
        "term_min": every,
        "term_max": every * count,
        "rate_per": per,
        "rate_ppm": draw(st.integers(least_rate, 8_000 if per == "day" else 2_920_000)),
        "working_days": draw(st.booleans()),
        "issue_fee_ppm": draw(st.sampled_from((0, 0, 30_000))),
        "instalment_fee": draw(st.sampled_from((0, 0, 9_900))),
        "policy": "neutral",
    }
    return some_terms(**values | fixed), every * count
