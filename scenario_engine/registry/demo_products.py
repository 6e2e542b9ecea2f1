"""The products of the invented demo portfolio."""

from __future__ import annotations

from typing import Any

from scenario_engine.registry.lending.terms import LAW_ORDER, Terms

_PAYDAY = Terms(
    kind="bullet", rate_ppm=8_000, rate_per="day", principal_min=300_000, principal_max=3_000_000, unit="day",
    term_min=15, term_max=30, pay_every=1, working_days=False, issue_fee=0, issue_fee_ppm=0, instalment_fee=0,
    grace_days=0, penalty_ppm=200_000, penalty_per="year", interest_when_late=True, order=LAW_ORDER, policy="ru-353",
    prolongations=3,
)  # fmt: skip
_INSTALMENT = Terms(
    kind="annuity", rate_ppm=2_600, rate_per="day", principal_min=2_000_000, principal_max=10_000_000, unit="month",
    term_min=3, term_max=12, pay_every=1, working_days=True, issue_fee=0, issue_fee_ppm=0, instalment_fee=0,
    grace_days=3, penalty_ppm=200_000, penalty_per="year", interest_when_late=True, order=LAW_ORDER, policy="ru-353",
)  # fmt: skip
_BUSINESS = Terms(
    kind="differentiated", rate_ppm=360_000, rate_per="year", principal_min=10_000_000, principal_max=300_000_000,
    unit="month", term_min=6, term_max=36, pay_every=1, working_days=True, issue_fee=0, issue_fee_ppm=20_000,
    instalment_fee=0, grace_days=5, penalty_ppm=1_000, penalty_per="day", interest_when_late=True,
    order=("fee", "penalty", "interest_overdue", "principal_overdue", "interest", "principal"), policy="neutral",
)  # fmt: skip


def _product(code: str, name: str, terms: Terms) -> dict[str, Any]:
    return {
        "code": code, "name": name, "kind": terms.kind, "offered": True, "terms": terms.as_document(), "demo": True,
    }  # fmt: skip


PRODUCTS: tuple[dict[str, Any], ...] = (
    _product("payday", "До зарплаты (демо)", _PAYDAY),
    _product("instalment", "На год (демо)", _INSTALMENT),
    _product("business", "Бизнесу (демо)", _BUSINESS),
)
