"""Operators of rules, by react-querybuilder's names, and which of them each type of field knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scenario_engine.rules.field import Field, FieldType
from scenario_engine.texts import Text

#: how many values an operator takes
Arity = Literal["none", "one", "two", "list"]

ARITY: Mapping[str, Arity] = {
    "=": "one",
    "!=": "one",
    "<": "one",
    "<=": "one",
    ">": "one",
    ">=": "one",
    "between": "two",
    "notBetween": "two",
    "in": "list",
    "notIn": "list",
    "contains": "one",
    "beginsWith": "one",
    "null": "none",
    "notNull": "none",
}

LABELS: Mapping[str, Text] = {
    "=": Text("is", "равно"),
    "!=": Text("is not", "не равно"),
    "<": Text("less than", "меньше"),
    "<=": Text("at most", "не больше"),
    ">": Text("more than", "больше"),
    ">=": Text("at least", "от"),
    "between": Text("from … to …", "от … до …"),
    "notBetween": Text("outside … to …", "вне … – …"),
    "in": Text("is one of", "один из"),
    "notIn": Text("is none of", "ни один из"),
    "contains": Text("contains", "содержит"),
    "beginsWith": Text("begins with", "начинается с"),
    "null": Text("is unknown", "не известно"),
    "notNull": Text("is known", "известно"),
}
TAG_LABELS: Mapping[str, Text] = {
    "=": Text("has", "есть"),
    "!=": Text("has not", "нет"),
    "in": Text("has any of", "есть любая из"),
    "notIn": Text("has none of", "нет ни одной из"),
    "null": Text("has none at all", "меток нет"),
    "notNull": Text("has some", "есть какая-нибудь"),
}

_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "between", "notBetween")
_BY_TYPE: Mapping[FieldType, tuple[str, ...]] = {
    "number": (*_ORDERED, "in", "notIn"),
    "money": _ORDERED,
    "date": _ORDERED,
    "choice": ("=", "!=", "in", "notIn"),
    "text": ("=", "!=", "contains", "beginsWith", "in", "notIn"),
    "boolean": ("=", "!="),
    "tags": ("=", "!=", "in", "notIn"),
}


def operators_of(field: Field) -> tuple[str, ...]:
    """Operators that a rule on this field may use; `null` and `notNull` only where a value may be missing."""
    found = _BY_TYPE[field.type]
    return (*found, "null", "notNull") if field.nullable else found


def label(field: Field, operator: str) -> Text:
    """The operator's name in the form of this field."""
    return TAG_LABELS[operator] if field.type == "tags" else LABELS[operator]
