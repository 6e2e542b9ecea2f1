"""A rule as SQL: one boolean expression over a scope, and the only evaluator there is.

Missing values follow SQL inside the rule and are settled once, at its top:

* a comparison with a missing value is *unknown*, whatever the operator: ``=`` and ``!=``, ``in`` and
  ``notIn``, ``between`` and ``notBetween`` alike; only ``null`` and ``notNull`` look at a missing value and
  answer yes or no;
* *and* is false when a member is false, else unknown when a member is unknown; *or* is true when a member is
  true, else unknown when a member is unknown; *not* leaves unknown as it is;
* a rule that comes out unknown does not hold. So ``not (risk_score > 500)`` does not hold for a loan without
  a score.

Booleans and tags are never missing: a loan without tags simply has none. An empty rule holds for every loan.
Texts are compared letter by letter, upper and lower case apart, on both databases alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.sql.elements import False_, True_
from sqlalchemy.types import TypeEngine

from scenario_engine.errors import Invalid, NotFound, Problem
from scenario_engine.rules.fields import FIELDS, RuleScope
from scenario_engine.rules.history_fields import tagged
from scenario_engine.rules.syntax import Comparison, Group, comparisons, read_rule
from scenario_engine.texts import Text

Rule = Mapping[str, Any]

_TYPES: Mapping[str, TypeEngine[Any]] = {
    "number": BigInteger(),
    "money": BigInteger(),
    "date": Date(),
    "choice": String(),
    "text": String(),
    "tags": String(),
}


def check_rule(rule: Any) -> list[Problem]:
    """Everything that is wrong with the rule, each with the path of its place, e.g. ``rules.0.value``."""
    return read_rule(rule)[1]


def read_valid(rule: Any) -> Group:
    """The rule as a tree; raises `Invalid` with all problems."""
    tree, problems = read_rule(rule)
    if tree is None:
        raise Invalid(Text("The rule is not valid.", "Условие задано неверно."), code="rule", problems=problems)
    return tree


def fields_of(rule: Any) -> tuple[str, ...]:
    """Keys of the fields that the rule asks about, each once, in reading order; raises `Invalid`."""
    return tuple(dict.fromkeys(found.field.key for found in comparisons(read_valid(rule))))


def field_expression(name: str, scope: RuleScope) -> ColumnElement[Any]:
    """What the field reads, over the scope; raises `NotFound` for a name that is no field."""
    field = FIELDS.get(name)
    if field is None:
        raise NotFound(Text("There is no field “{name}”.", "Поля «{name}» нет.").format(name=name))
    return field.expression(scope)


def compile_rule(rule: Any, scope: RuleScope) -> ColumnElement[bool]:
    """The rule as SQL over the scope, never null, all values bound; raises `Invalid` with all problems."""
    filtered = filter_rule(rule, scope)
    return filtered if is_constant(filtered) else func.coalesce(filtered, false())


def filter_rule(rule: Any, scope: RuleScope) -> ColumnElement[bool]:
    """The same, null where the rule is unknown: for a WHERE alone, which drops those rows and may use indexes."""
    tree = read_valid(rule)
    if not tree.members:
        return false() if tree.negated else true()
    return _group(tree, scope)


def is_constant(condition: ColumnElement[bool]) -> bool:
    """The condition is plain true or plain false."""
    return isinstance(condition, True_ | False_)


def _group(group: Group, scope: RuleScope) -> ColumnElement[bool]:
    members = [
        _group(member, scope) if isinstance(member, Group) else _comparison(member, scope) for member in group.members
    ]
    joined = and_(*members) if group.combinator == "and" else or_(*members)
    return not_(joined) if group.negated else joined


def _comparison(found: Comparison, scope: RuleScope) -> ColumnElement[bool]:
    field, operator, values = found.field, found.operator, found.values
    if field.type == "tags":
        chosen = None if operator in ("null", "notNull") else _list(found)
        has = tagged(scope, chosen)
        return not_(has) if operator in ("!=", "notIn", "null") else has
    read = field.expression(scope)
    if field.type == "boolean":
        return read if (values[0] is True) == (operator == "=") else not_(read)
    if operator in ("null", "notNull"):
        return read.is_(None) if operator == "null" else read.is_not(None)
    if operator in ("in", "notIn"):
        return read.in_(_list(found)) if operator == "in" else read.not_in(_list(found))
    bound = [literal(value, _TYPES[field.type]) for value in values]
    if operator in ("between", "notBetween"):
        inside = read.between(bound[0], bound[1])
        return not_(inside) if operator == "notBetween" else inside
    if operator == "contains":
        # replace and substr, not LIKE: no wildcards to escape, and both databases tell upper from lower case
        return func.replace(read, bound[0], "") != read
    if operator == "beginsWith":
        return func.substr(read, 1, len(str(values[0]))) == bound[0]
    result: ColumnElement[bool] = read.op(operator, is_comparison=True)(bound[0])
    return result


def _list(found: Comparison) -> Any:
    return bindparam(None, list(found.values), type_=_TYPES[found.field.type], expanding=True)
