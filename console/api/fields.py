"""Fields of requests and answers that refuse what a database cannot store."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

LARGEST = 2**63 - 1
#: ten milliard roubles: more is a slip of the finger
LARGEST_AMOUNT = 10**12


def refuse_unstorable(value: Any, _depth: int = 0) -> Any:
    """The same JSON value; ValidationError when it holds a NUL, half a surrogate pair, or an infinite number."""
    if _depth > 200:
        raise ValidationError("Nested too deeply.")
    if isinstance(value, str):
        if "\0" in value:
            raise ValidationError("A text may not hold the character NUL.")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("A text holds half of a character.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            refuse_unstorable(key, _depth + 1)
            refuse_unstorable(inner, _depth + 1)
    elif isinstance(value, list):
        for inner in value:
            refuse_unstorable(inner, _depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValidationError("A number is not finite.")
    return value


class Line(fields.String):
    """Text that can be stored; `longest` characters at most."""

    def __init__(self, *, longest: int = 250, shortest: int = 0, **options: Any) -> None:
        """`shortest` 1 refuses the empty text."""
        checks: list[Any] = [validate.Length(min=shortest, max=longest), refuse_unstorable]
        super().__init__(validate=checks, **options)


class Key(fields.Integer):
    """A number that a row is found by."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(1, LARGEST), **options)


class KeyFilter(fields.Integer):
    """The same in a query, where everything comes as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Range(1, LARGEST), **options)


class Amount(fields.Integer):
    """Money in kopecks, above zero."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(1, LARGEST_AMOUNT), **options)


class Instant(fields.AwareDateTime):
    """An instant with its offset; comes out as UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        found: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Json(fields.Dict):
    """A JSON object that can be stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=refuse_unstorable, **options)
