"""Each dated limit is held: the last day of the old one, the first day of the new one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from scenario_engine.errors import Invalid, Problem
from scenario_engine.registry.lending import law, offer
from scenario_engine.registry.lending.terms import Terms
from tests.registry.lending.offers import PAYDAY, some_terms

OLD, NEW = date(2026, 3, 31), date(2026, 4, 1)
RULES = [cap for pack in law.PACKS for cap in pack.caps]


def codes(terms: Terms, on: date) -> list[str]:
    return [problem.code for problem in offer.problems_of(terms, on=on)]


def texts(terms: Terms, on: date) -> list[str]:
    return [" ".join(problem.text.ru.split()) for problem in offer.problems_of(terms, on=on)]


def at_the_limit(cap: law.Cap, more: int = 0) -> Terms:
    """Terms that ask exactly what the cap allows, and `more` millionths."""
    special = {"principal_min": 1_000_000, "principal_max": 1_000_000} if cap.regime == "special" else {}
    match cap.measure:
        case "daily_rate":
            days = {"term_min": 1, "term_max": 1}
            return some_terms(**PAYDAY | days | special | {"rate_ppm": cap.limit_ppm + more})
        case "charges":
            # one day's interest is not limited here: a fee brings the charges to the cap
            whole = 1_000_000
            rest = {"principal_min": whole, "principal_max": whole, "instalment_fee": cap.limit_ppm + more}
            return some_terms(**PAYDAY | {"rate_ppm": 0} | rest)
        case "penalty_with_interest":
            return some_terms(penalty_ppm=cap.limit_ppm + more, penalty_per="year", interest_when_late=True)
        case _:
            return some_terms(penalty_ppm=cap.limit_ppm + more, penalty_per="day", interest_when_late=False)


FIELD = {"daily_rate": "rate_ppm", "charges": "term_max"}


@pytest.mark.parametrize("cap", RULES, ids=lambda cap: f"{cap.regime}-{cap.measure}-{cap.valid_from}")
def test_a_limit_holds_from_its_first_day_to_its_last(cap: law.Cap) -> None:
    code = f"terms.{FIELD.get(cap.measure, 'penalty_ppm')}"
    for day in (cap.valid_from, cap.valid_to or date(2027, 6, 1)):
        if cap.regime == "special" and cap.measure == "charges":
            continue  # an ordinary loan may cost more: the special limit alone forbids nothing
        assert code not in codes(at_the_limit(cap), day), day
        assert code in codes(at_the_limit(cap, more=1), day), day


@pytest.mark.parametrize("measure", sorted({cap.measure for cap in RULES}))
@pytest.mark.parametrize("regime", ["ordinary", "special"])
def test_limits_of_one_kind_follow_each_other_without_gap_or_overlap(measure: str, regime: str) -> None:
    caps = sorted(
        (cap for cap in law.RUSSIA.caps if (cap.measure, cap.regime) == (measure, regime)),
        key=lambda cap: cap.valid_from,
    )
    for earlier, later in pairwise(caps):
        assert earlier.valid_to == later.valid_from - timedelta(days=1)
    assert all(cap.source.en and cap.source.ru for cap in caps)


def test_a_loan_of_march_31st_2026_may_cost_130_per_cent_and_one_of_april_1st_100() -> None:
    # 0.8 % for 140 days: 112 % of the principal
    terms = some_terms(**PAYDAY | {"term_max": 140})
    assert codes(terms, OLD) == []
    assert offer.preview(terms, principal=1_000_000, term=140, issued_on=OLD).schedule.charges == 1_120_000
    assert texts(terms, NEW) == [
        "Займ 1 000 ₽ на 140 дн. обойдётся в 1 120 ₽, это 112 % от суммы; займ на срок до года, выданный 01.04.2026, не"
        " может стоить больше 100 % (353-ФЗ, ст. 5, ч. 24; kommersant.ru/doc/8335474). При такой ставке срок — не"
        " больше 125 дн."
    ]
    with pytest.raises(Invalid, match="cannot be offered") as refused:
        offer.preview(terms, principal=1_000_000, term=5, issued_on=NEW)
    assert [problem.code for problem in refused.value.problems] == ["terms.term_max"]
    assert codes(some_terms(**PAYDAY | {"term_max": 125}), NEW) == []
    assert codes(some_terms(**PAYDAY | {"term_max": 126}), NEW) == ["terms.term_max"]


def test_a_rate_above_the_cap_is_refused_with_the_figures() -> None:
    assert texts(some_terms(**PAYDAY | {"rate_ppm": 9_000}), NEW) == [
        "0,9 % в день — выше предела: займ, выданный 01.04.2026, не может стоить больше 0,8 % в день (353-ФЗ, ст. 5,"
        " ч. 23; 467-ФЗ от 29.12.2022). Ставьте не больше 0,8 % в день."
    ]
    assert codes(some_terms(rate_per="year", rate_ppm=2_920_000, term_max=3), NEW) == []
    (problem,) = (
        each for each in offer.problems_of(some_terms(rate_per="year", rate_ppm=2_920_001, term_max=3), on=NEW)
    )
    assert "at most 292% a year" in problem.text.en


def test_a_loan_of_more_than_a_year_has_no_limit_of_all_charges() -> None:
    year, longer = ({"term_min": term, "term_max": term} for term in (12, 13))
    assert codes(some_terms(rate_ppm=8_000, **year), NEW) == ["terms.term_max"]
    assert codes(some_terms(rate_ppm=8_000, **longer), NEW) == []
    # the longest loan of up to a year counts, though the product lends for longer too
    assert codes(some_terms(rate_ppm=8_000, term_min=12, term_max=24), NEW) == ["terms.term_max"]


def test_the_dearest_of_all_sums_counts() -> None:
    terms = some_terms(**PAYDAY, issue_fee=90_000)
    assert codes(terms, NEW) == ["terms.term_max"]
    assert codes(some_terms(**PAYDAY | {"principal_min": 200_000}, issue_fee=90_000), NEW) == []


def test_a_small_short_loan_may_cost_one_per_cent_a_day_and_fifteen_in_all() -> None:
    special = PAYDAY | {"rate_ppm": 10_000, "term_max": 15, "principal_max": 1_000_000}
    assert codes(some_terms(**special), NEW) == []
    assert codes(some_terms(**special | {"principal_max": 1_000_001}), NEW) == ["terms.rate_ppm"]
    assert codes(some_terms(**special | {"term_max": 16}), NEW) == ["terms.rate_ppm"]
    assert codes(some_terms(**special, instalment_fee=1), NEW) == ["terms.rate_ppm"]


def test_the_order_of_the_law_cannot_be_changed_where_there_is_one() -> None:
    order = tuple(reversed(some_terms().order))
    assert codes(some_terms(order=order), NEW) == ["terms.order"]
    assert codes(some_terms(order=order, policy="neutral"), NEW) == []


def test_contradictions_are_told_at_their_fields() -> None:
    def wrong(**over: object) -> list[Problem]:
        return offer.problems_of(some_terms(**over), on=NEW)

    for field, over in {
        "principal_max": {"principal_min": 20_000_000},
        "term_max": {"term_min": 24},
        "term_min": {"term_min": 2, "term_max": 9, "pay_every": 3},
        "order": {"order": ("interest",) * 6},
        "issue_fee": {"issue_fee": 100_000},
        "policy": {"policy": "nowhere"},
    }.items():
        assert [problem.field for problem in wrong(**over)] == [field]


def test_a_loan_is_refused_outside_of_what_the_product_lends() -> None:
    terms = some_terms(pay_every=3, term_min=3)
    for wanted, field in (
        ({"principal": 99_999, "term": 6}, "principal"),
        ({"principal": 10_000_001, "term": 6}, "principal"),
        ({"principal": 100_000, "term": 15}, "term"),
        ({"principal": 100_000, "term": 4}, "term"),
    ):
        with pytest.raises(Invalid) as refused:
            offer.preview(terms, **wanted, issued_on=NEW)
        assert [problem.field for problem in refused.value.problems] == [field]
