"""Who gets a loan on a product: rules over the application, drawn by people, the first that holds decides.

They stand beside the law, not above it: what the law or a restriction forbids no rule allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

from scenario_engine.errors import Problem
from scenario_engine.registry.lending.terms import LARGEST_PRINCIPAL
from scenario_engine.rules.application import check
from scenario_engine.texts import Text

OUTCOMES: Mapping[str, Text] = {
    "allow": Text("allow", "выдать"),
    "refuse": Text("refuse", "отказать"),
    "person": Text("a person decides", "решает человек"),
}
#: rules of one product
MOST = 50


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """One rule: when it holds, this is the outcome."""

    #: react-querybuilder's JSON, see `scenario_engine.rules`
    rule: Mapping[str, Any]
    #: see OUTCOMES
    outcome: str
    #: what the application is told
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionRules:
    """All rules of a product, in the order in which they are asked."""

    rules: tuple[DecisionRule, ...]
    #: the outcome when no rule holds
    otherwise: str
    #: kopecks; a second person confirms the issue of larger loans; null: of none
    confirm_above: int | None

    def confirms(self, principal: int) -> bool:
        """Whether a second person confirms a loan of that principal, kopecks."""
        return self.confirm_above is not None and principal > self.confirm_above

    def as_document(self) -> dict[str, Any]:
        """The rules as JSON; `DecisionSchema().load` reads it back."""
        return {
            "rules": [{"rule": dict(one.rule), "outcome": one.outcome, "reason": one.reason} for one in self.rules],
            "otherwise": self.otherwise,
            "confirm_above": self.confirm_above,
        }


#: a product without rules of its own: the law alone decides
NO_RULES = DecisionRules(rules=(), otherwise="allow", confirm_above=None)


class _RuleSchema(Schema):
    class Meta:
        unknown = RAISE

    rule = fields.Raw(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(tuple(OUTCOMES)))
    reason = fields.String(load_default="", validate=validate.Length(max=250))

    @post_load
    def make(self, data: dict[str, Any], **_rest: Any) -> DecisionRule:
        """The value."""
        return DecisionRule(**{**data, "reason": data["reason"].strip()})


class DecisionSchema(Schema):
    """Types and ranges; whether the rules make sense is checked by `problems_of`."""

    class Meta:
        unknown = RAISE

    rules = fields.List(fields.Nested(_RuleSchema), required=True, validate=validate.Length(max=MOST))
    otherwise = fields.String(required=True, validate=validate.OneOf(tuple(OUTCOMES)))
    confirm_above = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, LARGEST_PRINCIPAL)
    )

    @post_load
    def make(self, data: dict[str, Any], **_rest: Any) -> DecisionRules:
        """The value."""
        return DecisionRules(**{**data, "rules": tuple(data["rules"])})


def read(document: Mapping[str, Any] | None) -> DecisionRules:
    """The rules that were stored."""
    if document is None:
        return NO_RULES
    found: DecisionRules = DecisionSchema().load(dict(document))
    return found


def problems_of(decision: DecisionRules) -> list[Problem]:
    """Everything that is wrong, each at ``decision.rules.<number>``."""
    found: list[Problem] = []
    for at, one in enumerate(decision.rules):
        place = f"decision.rules.{at}"
        found += [Problem(code=wrong.code, field=place, text=wrong.text) for wrong in check(one.rule)]
        if one.outcome != "allow" and not one.reason:
            text = Text("Say why: the application is told the reason.", "Напишите причину: её покажет заявка.")
            found.append(Problem(code="decision.reason", field=place, text=text))
    return found
