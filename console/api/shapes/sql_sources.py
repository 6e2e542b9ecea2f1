"""Answers about SQL sources."""

from __future__ import annotations

from console.api.shapes.making import (
    document,
    flag,
    instant,
    many,
    maybe,
    maybe_instant,
    maybe_text,
    maybe_whole,
    shape,
    text,
    whole,
)
from console.api.shapes.pages import DESCRIBED, ImportStarted

_Last = shape(
    "LastRun",
    import_id=whole(), state=text(), started_at=instant(), rows_added=whole(), rows_updated=whole(),
    rows_wrong=whole(), message=maybe_text(),
)  # fmt: skip
SqlSource = shape(
    "SqlSource",
    id=whole(), name=text(), kind=text(), enabled=flag(), address=text(), query=text(), mapping=document(),
    growing=maybe_text(), reached=maybe_text(), partial=flag(), every=maybe_whole(), starting=whole(),
    next_at=maybe_instant(), changed_at=instant(), changed_by=text(), last=maybe(_Last),
)  # fmt: skip
SqlSources = shape("SqlSources", items=many(SqlSource))
Tried = shape("Tried", **DESCRIBED)
Run = ImportStarted
