"""What a draft must be so that a canvas can draw it. It may be unfinished and wrong; it may not be anything at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from scenario_engine.errors import Problem
from scenario_engine.graph.messages import flatten, said_of
from scenario_engine.graph.schemas import MAX_EDGES, MAX_NODES, MAX_NOTES, NOTE_SIDE, PositionSchema


class _Loose(Schema):
    class Meta:
        unknown = INCLUDE


class _Data(_Loose):
    label = fields.String()
    params = fields.Dict(keys=fields.String())


class _Node(_Loose):
    id = fields.String(required=True, validate=validate.Length(1, 64))
    type = fields.String(required=True)
    position = fields.Nested(PositionSchema)
    data = fields.Nested(_Data)


class _Edge(_Loose):
    id = fields.String(required=True)
    source = fields.String(required=True)
    sourceHandle = fields.String(required=True)  # noqa: N815 - React Flow's name
    target = fields.String(required=True)


class _Note(_Loose):
    id = fields.String(required=True)
    text = fields.String()
    position = fields.Nested(PositionSchema, required=True)
    width = fields.Float(validate=NOTE_SIDE)
    height = fields.Float(validate=NOTE_SIDE)
    color = fields.String()


class _Document(_Loose):
    name = fields.String()
    settings = fields.Dict(keys=fields.String())
    nodes = fields.List(fields.Nested(_Node), validate=validate.Length(max=MAX_NODES))
    edges = fields.List(fields.Nested(_Edge), validate=validate.Length(max=MAX_EDGES))
    notes = fields.List(fields.Nested(_Note), validate=validate.Length(max=MAX_NOTES))


_DOCUMENT = _Document()
_MANY = ("nodes", "edges", "notes")


def draft_problems(raw: Mapping[str, Any]) -> list[Problem]:
    """Why no canvas could draw the draft; empty when it can."""
    return [
        Problem(code="document.schema", text=said_of(path, text), field=".".join(path))
        for path, text in flatten(_DOCUMENT.validate(raw))
    ]


def completed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a drawable draft in which nothing is missing that a canvas asks for."""
    whole = {"name": "", "settings": {}, **{part: [] for part in _MANY}, **raw}
    whole["nodes"] = [
        {
            **node,
            "position": node.get("position", {"x": 0, "y": 0}),
            "data": {"label": "", "params": {}, **node.get("data", {})},
        }
        for node in whole["nodes"]
    ]
    whole["edges"] = [{"targetHandle": "in", **edge} for edge in whole["edges"]]
    whole["notes"] = [{"text": "", **note} for note in whole["notes"]]
    return whole
