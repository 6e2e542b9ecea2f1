"""Params of a node, read by its type's schema: defaults filled in, every problem with its field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from scenario_engine.errors import Invalid, Problem
from scenario_engine.graph.kinds import NodeKind
from scenario_engine.graph.messages import flatten, said_of
from scenario_engine.texts import Text


def read_params(kind: NodeKind, raw: Mapping[str, Any], node: str | None = None) -> dict[str, Any]:
    """The params with defaults filled in. Raises `Invalid` with one problem for each field that is wrong."""
    loaded, problems = try_params(kind, raw, node)
    if problems:
        raise Invalid(
            Text("The node's settings are not valid.", "Настройки блока заполнены неверно."),
            code="params",
            problems=problems,
        )
    return loaded


def try_params(kind: NodeKind, raw: Mapping[str, Any], node: str | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """The params and what is wrong with them; when something is, the params hold only what could be read."""
    schema = _schema(kind.Params)
    try:
        loaded: dict[str, Any] = schema.load(raw)
        return loaded, []
    except ValidationError as error:
        titles = {name: field.metadata.get("title") for name, field in schema.fields.items()}
        problems = [
            Problem(
                code="params",
                text=said_of(path, text, titles),
                node=node,
                field=".".join(path) or None,
            )
            for path, text in flatten(error.messages)
        ]
        return (dict(error.valid_data) if isinstance(error.valid_data, dict) else {}), problems


@cache
def _schema(schema: type[Schema]) -> Schema:
    return schema()
