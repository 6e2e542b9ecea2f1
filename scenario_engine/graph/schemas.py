"""The form of a scenario document, as marshmallow schemas: React Flow's names, nothing unknown let through."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from scenario_engine.graph.messages import Said
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.texts import Text

MAX_NODES = 2_000
MAX_EDGES = 10_000
MAX_NOTES = 500
MAX_LABEL = 120
MAX_NAME = 250
ID_PATTERN = r"\A[A-Za-z0-9_-]{1,40}\Z"
#: contact policies that the engine knows
POLICIES = tuple(SHIPPED)
GOALS = ("overdue_paid", "none")
#: a sticky note without one is yellow; else it has the colour of a group of the palette
NOTE_COLORS = ("entry", "logic", "wait", "message", "work", "action", "end")
#: canvas units
NOTE_SIDE = validate.Range(1, 5_000)

_ID = validate.Regexp(
    ID_PATTERN,
    error=Said(
        Text(
            "must be 1 to 40 Latin letters, digits, hyphens or underscores",
            "допустимы от 1 до 40 латинских букв, цифр, дефисов и подчёркиваний",
        )
    ),
)
_FAR = validate.Range(-1_000_000, 1_000_000)


class StrictSchema(Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        unknown = RAISE


def identifier(**options: Any) -> fields.String:
    """A field that holds an id."""
    return fields.String(validate=_ID, **options)


class PositionSchema(StrictSchema):
    """A place on the canvas."""

    x = fields.Float(required=True, validate=_FAR)
    y = fields.Float(required=True, validate=_FAR)


class NodeDataSchema(StrictSchema):
    """What a node says about itself."""

    label = fields.String(load_default="", validate=validate.Length(max=MAX_LABEL))
    params = fields.Dict(keys=fields.String(), load_default=dict)


class NodeSchema(StrictSchema):
    """A node as React Flow draws it."""

    id = identifier(required=True)
    type = fields.String(required=True, validate=validate.Length(1, 64))
    position = fields.Nested(PositionSchema, load_default=lambda: {"x": 0.0, "y": 0.0})
    #: a person put it there: tidying up may leave it alone
    placed = fields.Boolean(load_default=False)
    data = fields.Nested(NodeDataSchema, load_default=lambda: {"label": "", "params": {}})


class EdgeSchema(StrictSchema):
    """An edge as React Flow draws it; the source handle is the port."""

    id = identifier(required=True)
    source = identifier(required=True)
    source_port = identifier(required=True, data_key="sourceHandle")
    target = identifier(required=True)
    target_port = fields.String(data_key="targetHandle", load_default="in", validate=validate.OneOf(["in"]))


class NoteSchema(StrictSchema):
    """A sticky note."""

    id = identifier(required=True)
    text = fields.String(load_default="", validate=validate.Length(max=2_000))
    position = fields.Nested(PositionSchema, required=True)
    #: without them as wide as new notes are, and as high as the text
    width = fields.Float(validate=NOTE_SIDE)
    height = fields.Float(validate=NOTE_SIDE)
    color = fields.String(validate=validate.OneOf(NOTE_COLORS))


class ReentrySchema(StrictSchema):
    """When a loan may come in again."""

    after_days = fields.Integer(strict=True, required=True, validate=validate.Range(0, 3_650))


class GoalSchema(StrictSchema):
    """What ends a case as a success, wherever it stands."""

    kind = fields.String(required=True, validate=validate.OneOf(GOALS))


class SettingsSchema(StrictSchema):
    """What holds for the whole scenario."""

    track = identifier(load_default="collection")
    priority = fields.Integer(strict=True, load_default=10, validate=validate.Range(0, 1_000))
    reentry = fields.Nested(ReentrySchema, load_default=lambda: {"after_days": 30}, allow_none=True)
    policy = fields.String(load_default="ru-230", validate=validate.OneOf(POLICIES))
    goal = fields.Nested(GoalSchema, load_default=lambda: {"kind": "overdue_paid"})
    conversion_window_days = fields.Integer(strict=True, load_default=7, validate=validate.Range(1, 90))
    holdout_percent = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 50))


class DocumentSchema(StrictSchema):
    """The outside of a document; nodes, edges and settings are read one by one, so that one bad one hides no other."""

    format = fields.Integer(strict=True, required=True)
    name = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    settings = fields.Dict(keys=fields.String(), load_default=dict)
    nodes = fields.List(fields.Raw(), required=True, validate=validate.Length(max=MAX_NODES))
    edges = fields.List(fields.Raw(), load_default=list, validate=validate.Length(max=MAX_EDGES))
    notes = fields.List(fields.Nested(NoteSchema), load_default=list, validate=validate.Length(max=MAX_NOTES))
