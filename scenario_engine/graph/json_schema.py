"""JSON Schemas that follow from the marshmallow schemas: of the document, and of each node type's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from scenario_engine.graph.kinds import NodeKind
from scenario_engine.graph.schemas import (
    MAX_EDGES,
    MAX_NODES,
    DocumentSchema,
    EdgeSchema,
    NodeSchema,
    SettingsSchema,
)
from scenario_engine.texts import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> dict[str, Any]:
    """JSON Schema of a scenario document. It says the form; whether the graph is right, `checks.analyse` says."""
    schema = _convert(DocumentSchema())
    schema["properties"] |= {
        "settings": _convert(SettingsSchema()),
        "nodes": {"type": "array", "maxItems": MAX_NODES, "items": _convert(NodeSchema())},
        "edges": {"type": "array", "maxItems": MAX_EDGES, "items": _convert(EdgeSchema())},
    }
    return {"$schema": DIALECT, "title": "Kaskad scenario", **schema}


def params_schema(kind: NodeKind, language: str) -> dict[str, Any]:
    """JSON Schema of a node type's params in the reader's language; under `ui` the uiSchema of its form.

    Beside JSON Schema a field carries `x-widget` and `x-unit`; values that have names are `oneOf` of const and title.
    """
    schema = kind.Params()
    converted = _convert(schema)
    ui = _word(schema, converted, language)
    return {**converted, "ui": ui}


def _convert(schema: Schema) -> dict[str, Any]:
    to_schema: Callable[[Schema], dict[str, Any]] = _converter().schema2jsonschema
    converted = to_schema(schema)
    _tidy(schema, converted)
    return converted


@cache
def _converter() -> OpenAPIConverter:
    inline: Callable[[Any], Any] = lambda _schema: None  # noqa: E731 - a nested schema has no name: it is put in place
    plugin = MarshmallowPlugin(schema_name_resolver=inline)
    APISpec(title="Kaskad", version="1", openapi_version="3.1.0", plugins=[plugin])
    if plugin.converter is None:
        raise TypeError("apispec's marshmallow plugin was not set up")
    return plugin.converter


def _nested(field: fields.Field, shown: dict[str, Any]) -> tuple[Schema, dict[str, Any]] | None:
    """The schema inside the field, and its JSON Schema inside the field's; of a list, those of its items."""
    if isinstance(field, fields.List):
        return _nested(field.inner, shown["items"])
    if isinstance(field, fields.Nested):
        return field.schema, shown
    return None


def _tidy(schema: Schema, converted: dict[str, Any]) -> None:
    """Browsers' regular expressions, defaults that are made by a function, and no metadata of ours."""
    for name, field in schema.fields.items():
        shown = converted["properties"][field.data_key or name]
        shown.pop("title", None)
        if "pattern" in shown:
            shown["pattern"] = shown["pattern"].replace("\\A", "^").replace("\\Z", "$")
        if callable(field.load_default):
            shown["default"] = field.load_default()
        inside = _nested(field, shown)
        if inside:
            _tidy(*inside)


def _word(schema: Schema, converted: dict[str, Any], language: str) -> dict[str, Any]:
    """Put titles, helps, units and names of values into `converted`; gives the uiSchema of the same fields."""
    ui: dict[str, Any] = {"ui:order": [field.data_key or name for name, field in schema.fields.items()]}
    for name, field in schema.fields.items():
        key = field.data_key or name
        shown, told = converted["properties"][key], field.metadata
        hints: dict[str, Any] = {}
        shown["title"] = _say(told.get("title"), language) or key
        if told.get("help"):
            shown["description"] = _say(told["help"], language)
        if told.get("unit"):
            shown["x-unit"] = _say(told["unit"], language)
        if told.get("widget"):
            shown["x-widget"] = hints["ui:widget"] = told["widget"]
        if told.get("choices"):
            _name_values(shown, told["choices"], language)
        inside = _nested(field, shown)
        if inside:
            inner = _word(*inside, language)
            hints |= {"items": inner} if isinstance(field, fields.List) else inner
        if hints:
            ui[key] = hints
    return ui


def _name_values(shown: dict[str, Any], choices: Mapping[str, Text], language: str) -> None:
    target = shown.get("items", shown)
    for place in (target, shown):
        place.pop("enum", None)
    named: list[dict[str, Any]] = [{"const": value, "title": title.say(language)} for value, title in choices.items()]
    if "null" in target.get("type", ()):
        named.insert(0, {"const": None, "title": "—"})
    target["oneOf"] = named
    if target is not shown:
        shown["uniqueItems"] = True


def _say(text: Text | None, language: str) -> str:
    return text.say(language) if text else ""
