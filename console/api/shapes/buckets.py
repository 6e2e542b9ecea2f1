"""Shapes of the portfolio by bucket."""

from __future__ import annotations

from marshmallow import Schema, fields

from console.api.shapes.making import (
    day,
    many,
    maybe_day,
    maybe_text,
    one,
    page,
    shape,
    text,
    whole,
)

_Figures = shape("BucketFigures", loans=whole(), balance=whole(), overdue=whole())
_Changes = Schema.from_dict(
    {name: fields.Nested(_Figures, required=True, allow_none=True) for name in ("day", "week", "month")},
    name="BucketChanges",
)
_Held = shape(
    "BucketHeld", key=text(), title=text(), loans=whole(), balance=whole(), overdue=whole(), changes=one(_Changes)
)
_Row = shape(
    "BucketCounts",
    day=day(), loans=many(fields.Integer()), balance=many(fields.Integer()), overdue=many(fields.Integer()),
)  # fmt: skip
_Compared = shape("BucketCompared", day=maybe_day(), week=maybe_day(), month=maybe_day())
Board = shape(
    "BucketBoard", day=day(), first_day=maybe_day(), compared=one(_Compared), buckets=many(_Held), days=many(_Row)
)
_Cell = shape("BucketCell", key=text(), loans=whole(), balance=whole())
_From = shape("BucketRow", key=text(), title=maybe_text(), loans=whole(), balance=whole(), cells=many(_Cell))
Moves = shape("BucketMoves", **{"from": day(), "to": day(), "rows": many(_From)})
DayItem = shape("BucketDayItem", day=day(), bucket=text(), loans=whole(), balance=whole(), overdue=whole())
DayPage = page("BucketDayPage", DayItem)
