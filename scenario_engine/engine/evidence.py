"""What a case's nodes saw, as the trail keeps it: JSON of values by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, literal, null

from scenario_engine.engine.levels import concatenate
from scenario_engine.sql import json_text

#: whether it holds, the node's key, and what the node saw
Said = tuple[ColumnElement[bool], str, Mapping[str, ColumnElement[Any]]]


def told(parts: Sequence[Said]) -> ColumnElement[Any]:
    """JSON of the values by node, of those for which it holds; null when it holds for none."""
    if not parts:
        return literal(None, Text())
    if len(parts) == 1:
        ((holds, key, values),) = parts
        return case((holds, json_text(values, before=f'{{"{key}":', after="}")), else_=null())
    # null through and through when nothing was asked: the texts are put together once a case
    joined = func.nullif(concatenate(_further(parts)), "")
    return literal("{", Text()) + func.substr(joined, 2, type_=Text()) + literal("}", Text())


def told_from(first: Said, parts: Sequence[Said]) -> ColumnElement[Any]:
    """The same where it holds for the first whatever the case."""
    _, key, values = first
    return concatenate([json_text(values, before=f'{{"{key}":'), *_further(parts), literal("}", Text())])


def _further(parts: Sequence[Said]) -> list[ColumnElement[Any]]:
    return [case((holds, json_text(values, before=f',"{key}":')), else_=literal("")) for holds, key, values in parts]
