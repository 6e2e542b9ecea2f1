"""Shapes of long jobs."""

from __future__ import annotations

from console.api.shapes.making import (
    flag,
    instant,
    maybe,
    maybe_instant,
    maybe_text,
    maybe_whole,
    page,
    shape,
    text,
    whole,
)

_File = shape("JobFile", name=text(), size=whole(), rows=whole())
Job = shape(
    "Job",
    id=whole(), kind=text(), title=text(), state=text(), cancel_asked=flag(), silent=flag(), done=whole(),
    total=maybe_whole(), actor=text(), created_at=instant(), started_at=maybe_instant(), finished_at=maybe_instant(),
    expires_at=maybe_instant(), attempts=whole(), error=maybe_text(), file=maybe(_File), import_id=maybe_whole(),
    may_cancel=flag(), may_repeat=flag(), may_download=flag(),
)  # fmt: skip
JobPage = page("JobPage", Job)
