"""Random valid rules, whose values lie on and around those of the reference registry."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scenario_engine.rules.fields import FIELDS, Field
from scenario_engine.rules.operators import ARITY, operators_of
from tests.rules.reference import DISPOSITIONS, TAGS

_NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 5, 7, 29, 30, 31, 50, 80, 90, 100, 300, 500, 900])
_AMOUNTS = st.sampled_from([0, 1, 2, 99_999, 100_000, 100_001, 150_050, 200_000, 3_000_000])
_DAYS = st.sampled_from(["2025-01-01", "2025-06-30", "2025-12-31", "2026-03-10", "2026-03-11"])
_KNOWN = {
    "product": ["payday", "car", "none"],
    "region": ["RU-MOW", "RU-SVE", "RU-KYA"],
    "risk_group": ["A", "B", "E", "Z"],
    "tag": [*TAGS, "absent"],
    "monitoring_fired": ["late", "silent", "absent"],
    "last_disposition": [*DISPOSITIONS, "prom", "_", "%", "PROMISE"],
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """One value that a rule may compare the field with."""
    if field.type == "number":
        return _NUMBERS
    if field.type == "money":
        return _AMOUNTS
    if field.type == "date":
        return _DAYS
    if field.type == "boolean":
        return st.booleans()
    return st.sampled_from([choice.key for choice in field.choices] or _KNOWN[field.key])


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """One condition on any field, with any operator it knows."""
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    operator = draw(st.sampled_from(operators_of(field)))
    found: dict[str, Any] = {"field": field.key, "operator": operator}
    arity = ARITY[operator]
    if arity == "one":
        found["value"] = draw(value_of(field))
    elif arity == "two":
        found["value"] = sorted([draw(value_of(field)), draw(value_of(field))])
    elif arity == "list":
        found["value"] = draw(st.lists(value_of(field), min_size=1, max_size=3))
    return found


def groups(members: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    """A group over `members`, negated or not."""
    return st.fixed_dictionaries(
        {
            "combinator": st.sampled_from(["and", "or"]),
            "rules": st.lists(members, min_size=least, max_size=4),
        },
        optional={"not": st.booleans()},
    )


def rules() -> st.SearchStrategy[dict[str, Any]]:
    """A whole rule, perhaps empty, with groups inside groups."""
    return groups(st.recursive(conditions(), groups, max_leaves=6), least=0)
