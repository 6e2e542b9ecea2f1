"""Rules of a product to build tests with."""

from __future__ import annotations

from typing import Any

from scenario_engine.registry.lending.decision import DecisionRule, DecisionRules


def when(field: str, operator: str, value: Any) -> dict[str, Any]:
    """A condition of one comparison."""
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


def a_rule(field: str, operator: str, value: Any, outcome: str = "refuse", reason: str = "too risky") -> DecisionRule:
    """One rule."""
    return DecisionRule(rule=when(field, operator, value), outcome=outcome, reason=reason)


def rules(*found: DecisionRule, otherwise: str = "allow", confirm_above: int | None = None) -> DecisionRules:
    """All rules of a product."""
    return DecisionRules(rules=found, otherwise=otherwise, confirm_above=confirm_above)
