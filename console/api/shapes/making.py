"""Short words to write shapes with; `maybe_…` may be null."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from marshmallow import Schema, fields

Field = fields.Field


def shape(name: str, /, **members: Field | type[Field]) -> type[Schema]:
    """A schema of that name."""
    made: type[Schema] = Schema.from_dict(dict(members), name=name)  # type: ignore[arg-type]
    return made


def _made(kind: Callable[..., Field], **options: Any) -> Callable[[], Field]:
    return partial(kind, required=True, **options)


text = _made(fields.String)
maybe_text = _made(fields.String, allow_none=True)
whole = _made(fields.Integer, strict=True)
maybe_whole = _made(fields.Integer, strict=True, allow_none=True)
maybe_number = _made(fields.Float, allow_none=True)
flag = _made(fields.Boolean, truthy={True}, falsy={False})
instant = _made(fields.AwareDateTime, format="iso")
maybe_instant = _made(fields.AwareDateTime, format="iso", allow_none=True)
day = _made(fields.Date)
maybe_day = _made(fields.Date, allow_none=True)
anything = _made(fields.Raw, allow_none=True)
document = _made(fields.Dict)


def one(inner: type[Schema]) -> Field:
    """An object of that shape."""
    return fields.Nested(inner, required=True)


def maybe(inner: type[Schema]) -> Field:
    """An object of that shape, or null."""
    return fields.Nested(inner, required=True, allow_none=True)


def many(inner: type[Schema] | Field) -> Field:
    """A list of such objects or values."""
    return fields.List(fields.Nested(inner) if isinstance(inner, type) else inner, required=True)


def by_key(inner: type[Schema]) -> Field:
    """An object whose keys are free and whose values have that shape."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(inner), required=True)


def page(name: str, item: type[Schema]) -> type[Schema]:
    """A page of a list; `more`: the list is longer than the `total` that was counted."""
    return shape(name, items=many(item), total=whole(), more=flag(), page=whole(), size=whole())
