"""The field catalogue: everything a rule may ask about, by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scenario_engine.rules.borrower_fields import BORROWER_FIELDS
from scenario_engine.rules.field import GROUPS, Field, RuleScope
from scenario_engine.rules.history_fields import HISTORY_FIELDS
from scenario_engine.rules.loan_fields import LOAN_FIELDS
from scenario_engine.rules.monitoring_fields import MONITORING_FIELDS

__all__ = ["FIELDS", "GROUPS", "Field", "RuleScope"]

_ORDER = [group.key for group in GROUPS]

#: fields by key, in the order of their groups
FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.key: field
        for field in sorted(
            (*LOAN_FIELDS, *BORROWER_FIELDS, *HISTORY_FIELDS, *MONITORING_FIELDS),
            key=lambda field: _ORDER.index(field.group),
        )
    }
)
