"""Answers to records that other systems send."""

from __future__ import annotations

from marshmallow import fields, validate

from console.api.shapes.common import Problem
from console.api.shapes.making import many, shape, whole

#: `row` of a problem counts from 1; `import_id` is where the history of imports tells of it
Intake = shape(
    "Intake",
    added=whole(), updated=whole(), unchanged=whole(), wrong=whole(), import_id=whole(), problems=many(Problem),
)  # fmt: skip
Outcome = shape(
    "Outcome", outcome=fields.String(required=True, validate=validate.OneOf(("added", "updated", "unchanged")))
)
