"""The products of the invented demo portfolio."""

from __future__ import annotations

from typing import Any

from scenario_engine.registry.lending.decision import DecisionRule, DecisionRules
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
    dpd_grace_days=3,
)  # fmt: skip
_BUSINESS = Terms(
    kind="differentiated", rate_ppm=360_000, rate_per="year", principal_min=10_000_000, principal_max=300_000_000,
    unit="month", term_min=6, term_max=36, pay_every=1, working_days=True, issue_fee=0, issue_fee_ppm=20_000,
    instalment_fee=0, grace_days=5, penalty_ppm=1_000, penalty_per="day", interest_when_late=True,
    order=("fee", "penalty", "interest_overdue", "principal_overdue", "interest", "principal"), policy="neutral",
)  # fmt: skip


def _rule(outcome: str, field: str, operator: str, value: Any, reason: str) -> DecisionRule:
    comparison = {"field": field, "operator": operator, "value": value}
    return DecisionRule(rule={"combinator": "and", "rules": [comparison]}, outcome=outcome, reason=reason)


_RESTRICTED = _rule("refuse", "lending_restricted", "=", True, "Новые займы этому заёмщику закрыты")
_LATE = _rule("refuse", "dpd", ">", 30, "Действующий займ просрочен больше месяца")
_CONSUMER = (
    _RESTRICTED,
    _LATE,
    _rule("refuse", "debt_burden_group", "=", "above_80", "На долги уходит больше 80 % дохода"),
    _rule("person", "debt_burden_group", "=", "50_80", "На долги уходит больше половины дохода: проверьте доход"),
    _rule("person", "borrower_open_loans", ">=", 2, "Уже есть два действующих займа или больше"),
)
_TO_CONSUMERS = DecisionRules(rules=_CONSUMER, otherwise="allow", confirm_above=None)
#: a loan to a business is always looked at by a person, one above a million roubles by two
_TO_BUSINESS = DecisionRules(rules=(_RESTRICTED, _LATE), otherwise="person", confirm_above=100_000_000)


def _product(code: str, name: str, terms: Terms, decision: DecisionRules) -> dict[str, Any]:
    return {
        "code": code, "name": name, "kind": terms.kind, "offered": True, "terms": terms.as_document(),
        "decision": decision.as_document(), "demo": True,
    }  # fmt: skip


PRODUCTS: tuple[dict[str, Any], ...] = (
    _product("payday", "До зарплаты (демо)", _PAYDAY, _TO_CONSUMERS),
    _product("instalment", "На год (демо)", _INSTALMENT, _TO_CONSUMERS),
    _product("business", "Бизнесу (демо)", _BUSINESS, _TO_BUSINESS),
)
